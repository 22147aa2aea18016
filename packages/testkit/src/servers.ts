import { python, script } from './files.ts';
import { Lines } from './lines.ts';
import type { Namespace } from './namespace.ts';
import { patience } from './pace.ts';

/** Opens TCP ports on all addresses of a namespace until it is disposed. */
export async function listen(ns: Namespace, ports: readonly number[]): Promise<AsyncDisposable> {
  const child = ns.spawn(python, [script('listen'), ...ports.map(String)], { timeoutMs: 300_000 });
  await new Lines(child.stdout).wait(/^ready$/);
  return {
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await child;
    },
  };
}

/** Opens one TCP connection from a namespace; `filtered` when nothing answers within `timeoutMs`. */
export async function connect(
  ns: Namespace,
  address: string,
  port: number,
  timeoutMs = Math.min(patience(1_000), 3_000),
): Promise<'open' | 'closed' | 'filtered'> {
  const { stdout } = await ns.run(python, [script('connect'), address, String(port), String(timeoutMs / 1_000)]);
  return stdout as 'open' | 'closed' | 'filtered';
}
