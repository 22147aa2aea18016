import { createReadStream } from 'node:fs';
import { addAbortSignal, pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import type { OpenCapture } from './captures.ts';

const GZIP = [0x1f, 0x8b] as const;
const CHUNK_BYTES = 256 * 1024;

/** Opens files, and `-` for `stdin`; what is packed by gzip is unpacked. Once aborted, all of them end. */
export function captureOpener(stdin: () => Readable, abort: AbortSignal): OpenCapture {
  return async function* (file) {
    const from = file === '-' ? stdin() : createReadStream(file, { highWaterMark: CHUNK_BYTES });
    const what = `reading ${file === '-' ? 'standard input' : file}`;
    let bytes = 0;
    try {
      for await (const chunk of unpacked(addAbortSignal(abort, from))) {
        bytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      if (!abort.aborted) throw refusal(error, what, bytes);
    }
  };
}

async function* unpacked(from: Readable): AsyncGenerator<Uint8Array> {
  const chunks = (from as AsyncIterable<Uint8Array, undefined>)[Symbol.asyncIterator]();
  const start = await firstBytes(chunks, GZIP.length);
  const whole = resumed(start, chunks);
  if (!GZIP.every((byte, i) => start[i] === byte)) {
    yield* whole;
    return;
  }
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // What fails is thrown by what is iterated.
  pipeline(Readable.from(whole), gunzip, () => undefined);
  yield* gunzip as AsyncIterable<Uint8Array>;
}

async function firstBytes(chunks: AsyncIterator<Uint8Array, undefined>, count: number): Promise<Uint8Array> {
  let start: Uint8Array = new Uint8Array(0);
  while (start.length < count) {
    const { value } = await chunks.next();
    if (value === undefined) break;
    start = joined(start, value);
  }
  return start;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}

async function* resumed(start: Uint8Array, chunks: AsyncIterator<Uint8Array, undefined>): AsyncGenerator<Uint8Array> {
  if (start.length > 0) yield start;
  for (;;) {
    const { value } = await chunks.next();
    if (value === undefined) return;
    yield value;
  }
}

function refusal(error: unknown, what: string, bytes: number): OperatorError {
  if (error instanceof OperatorError) return error;
  const { code = String(error) } = error as NodeJS.ErrnoException;
  const packed = code.startsWith('Z_') ? `what is packed by gzip is damaged (${code}) behind byte ${bytes}` : undefined;
  const todo = code === 'ENOENT' ? 'there is no such file' : (packed ?? `it cannot be read (${code})`);
  return new OperatorError(ExitCode.capture, what, todo, { cause: error });
}
