import { setTimeout as sleep } from 'node:timers/promises';
import { python, script } from './files.ts';
import { Lines } from './lines.ts';
import type { Namespace } from './namespace.ts';

/** What an ordinary host does (`python/peers.py`), to its end: what it printed. */
export async function peer(ns: Namespace, part: string, ...args: readonly (string | number)[]): Promise<string> {
  const { stdout } = await ns.run(python, [script('peers'), part, ...args.map(String)], { timeoutMs: 60_000 });
  return stdout.trim();
}

/** The same, for a part that serves until it is disposed. */
export async function serve(
  ns: Namespace,
  part: string,
  ...args: readonly (string | number)[]
): Promise<AsyncDisposable> {
  const child = ns.spawn(python, [script('peers'), part, ...args.map(String)], { timeoutMs: 300_000 });
  await new Lines(child.stdout).wait(/^ready$/);
  return {
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await child;
    },
  };
}

/** A connection that lasts. */
export interface Session extends AsyncDisposable {
  /** Says a word; what comes back, or `lost`. */
  say(word: string): Promise<string>;
}

/** Opens a connection to a host that serves `echo`. */
export async function session(ns: Namespace, address: string, port: number): Promise<Session> {
  const child = ns.spawn(python, [script('peers'), 'session', address, String(port)], { timeoutMs: 300_000 });
  const lines = new Lines(child.stdout);
  await lines.wait(/^ready$/);
  return {
    say: async (word) => {
      const said = lines.texts.length;
      child.stdin.write(`${word}\n`);
      for (let waited = 0; lines.texts.length === said && waited < 600; waited++) await sleep(10);
      return lines.texts[said] ?? 'lost';
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await child;
    },
  };
}
