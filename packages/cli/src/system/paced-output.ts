import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Characters that go to the stream at a time. */
const CHUNK = 65_536;

/**
 * Writes lines as fast as the reader takes them and makes them no faster, so that any number of them takes little memory.
 * A reader that is gone (`head`) ends it quietly.
 *
 * @returns false when the reader is gone
 * @throws what else the stream fails with, or the lines
 */
export async function writePaced(lines: Iterable<string>, stream: Writable): Promise<boolean> {
  let failure: NodeJS.ErrnoException | undefined;
  const fail = (error: NodeJS.ErrnoException) => (failure ??= error);
  stream.on('error', fail);
  try {
    let chunk = '';
    for (const line of lines) {
      chunk += `${line}\n`;
      if (chunk.length < CHUNK) continue;
      await written(stream, chunk);
      chunk = '';
      if (failure) break;
    }
    if (!failure && chunk !== '') await written(stream, chunk);
  } catch (error) {
    if (error !== failure) throw error;
  } finally {
    stream.off('error', fail);
  }
  if (failure && failure.code !== 'EPIPE') throw failure;
  return !failure;
}

/** Resolves when the stream has taken it all, and when it has failed. */
function written(stream: Writable, chunk: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(chunk, () => {
      resolve();
    });
  });
}
