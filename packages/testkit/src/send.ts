import { python, script } from './files.ts';
import type { Namespace } from './namespace.ts';

export interface SendOptions {
  /** Default `eth0`. */
  readonly device?: string;
  /** Microseconds between two frames; default 0. */
  readonly gapUs?: number;
}

/** Sends frames from a namespace exactly as they are. Resolves when the last has left. */
export async function send(ns: Namespace, frames: readonly Uint8Array[], options: SendOptions = {}): Promise<void> {
  const { device = 'eth0', gapUs = 0 } = options;
  const input = Buffer.concat(
    frames.flatMap((frame) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(frame.length);
      return [length, frame];
    }),
  );
  const { stdout } = await ns.run(python, [script('send'), device, String(gapUs)], { input, timeoutMs: 60_000 });
  if (Number(stdout) !== frames.length) throw new Error(`sent ${stdout} of ${frames.length} frames`);
}
