import type { Log } from '@scanward/daemon';
import type { LineStream } from './line-sink.ts';

const WAITING_MAX = 1024 * 1024;

/** Messages to stderr, each one line that begins with `scanward: `. A reader that is gone or asleep is not waited for. */
export function stderrLog(stream: LineStream): Log {
  stream.on('error', () => undefined);
  const write = (text: string) => {
    if (stream.writableLength <= WAITING_MAX) stream.write(`scanward: ${text}\n`);
  };
  return {
    info: (message) => {
      write(message);
    },
    warn: (message) => {
      write(`warning: ${message}`);
    },
  };
}
