import { python, script } from './files.ts';
import { Lines } from './lines.ts';
import type { Namespace } from './namespace.ts';

/** Records what reaches an interface after XDP has had its say. */
export interface Capture extends AsyncDisposable {
  /** Ends it and gives the frames, in order. */
  frames(): Promise<Uint8Array[]>;
}

/** Starts recording; when this resolves, nothing is missed any more. */
export async function capture(ns: Namespace, device = 'eth0'): Promise<Capture> {
  const child = ns.spawn(python, [script('capture'), device], { timeoutMs: 300_000 });
  const lines = new Lines(child.stdout);
  await lines.wait(/^ready$/);
  return {
    frames: async () => {
      child.stdin.end();
      await child;
      return lines.matching(/^[0-9a-f]+$/).map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await child;
    },
  };
}
