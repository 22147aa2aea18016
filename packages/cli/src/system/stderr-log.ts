import type { Log } from '@scanward/daemon';
import { Priority, priorityMark } from './journal.ts';
import type { LineStream } from './line-sink.ts';

const WAITING_MAX = 1024 * 1024;

/**
 * Messages to stderr, each one line that begins with `scanward: `. A reader that is gone or asleep is not waited for.
 *
 * @param isJournal whether the priority stands before that
 */
export function stderrLog(stream: LineStream, isJournal = false): Log {
  stream.on('error', () => undefined);
  const write = (priority: number, text: string) => {
    const line = `${priorityMark(priority, isJournal)}scanward: ${text}\n`;
    if (stream.writableLength <= WAITING_MAX) stream.write(line);
  };
  return {
    info: (message) => {
      write(Priority.info, message);
    },
    warn: (message) => {
      write(Priority.warning, `warning: ${message}`);
    },
  };
}
