import type { LineStream } from './line-sink.ts';

/** Characters that go to the stream at a time. */
const CHUNK = 65_536;

/**
 * Writes lines as fast as the reader takes them and makes them no faster, so that any number of them takes little memory.
 * A reader that is gone (`head`) ends it quietly.
 *
 * @returns false when the reader is gone
 * @throws what else the stream fails with, or the lines
 */
export async function writePaced(lines: Iterable<string>, stream: LineStream): Promise<boolean> {
  let failure: NodeJS.ErrnoException | undefined;
  const fail = (error: NodeJS.ErrnoException) => (failure ??= error);
  stream.on('error', fail);
  const write = async (chunk: string) => {
    failure ??= await written(stream, chunk);
  };
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < CHUNK) continue;
    await write(chunk);
    chunk = '';
    if (failure) break;
  }
  if (!failure && chunk !== '') await write(chunk);
  if (failure && failure.code !== 'EPIPE') throw failure;
  return !failure;
}

/**
 * Writes lines as they come, each as soon as the reader has taken the one before.
 *
 * @returns false when the reader is gone
 * @throws what else the stream fails with, or the lines
 */
export async function writeAsTheyCome(lines: AsyncIterable<string>, stream: LineStream): Promise<boolean> {
  let failure: NodeJS.ErrnoException | undefined;
  stream.on('error', (error) => (failure ??= error));
  for await (const line of lines) {
    failure ??= await written(stream, `${line}\n`);
    if (failure) break;
  }
  if (failure && failure.code !== 'EPIPE') throw failure;
  return !failure;
}

/** Resolves when the stream has taken it all, or with why it has not. */
function written(stream: LineStream, chunk: string): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    stream.write(chunk, (error) => {
      resolve(error ?? undefined);
    });
  });
}
