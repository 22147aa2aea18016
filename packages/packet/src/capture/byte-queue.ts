import { CaptureError } from './capture-error.ts';

/** A parse step that waits: more bytes are needed. */
export const MORE = undefined;

/** Bytes that came and were not taken yet. Holds no more than what was pushed and not taken. */
export class ByteQueue {
  #chunks: Uint8Array[] = [];
  #length = 0;
  /** Of the next byte, from the beginning of the capture. */
  offset = 0;
  /** Whether no more bytes come. */
  ended = false;

  get length(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** The next bytes, which must be there; they stay valid. */
  take(count: number): Uint8Array {
    if (count > 0 && this.#chunks[0]!.length < count) this.#chunks = [joined(this.#chunks, this.#length)];
    const taken = this.#chunks[0]?.slice(0, count) ?? new Uint8Array(0);
    this.skip(count);
    return taken;
  }

  skip(count: number): void {
    let left = count;
    while (left > 0) {
      const first = this.#chunks[0]!;
      if (first.length > left) this.#chunks[0] = first.subarray(left);
      else this.#chunks.shift();
      left -= Math.min(left, first.length);
    }
    this.#length -= count;
    this.offset += count;
  }

  /** Waits for so many bytes and takes them. @throws CaptureError `truncated`, at `start`, where what is read began */
  *need(count: number, what: string, start: number): Generator<typeof MORE, Uint8Array> {
    while (this.#length < count) {
      if (this.ended) throw truncated(what, start);
      yield MORE;
    }
    return this.take(count);
  }

  /** Takes so many bytes and keeps none. @throws CaptureError `truncated`, at `start` */
  *pass(count: number, what: string, start: number): Generator<typeof MORE, void> {
    let left = count;
    while (left > 0) {
      const here = Math.min(left, this.#length);
      this.skip(here);
      left -= here;
      if (left === 0) return;
      if (this.ended) throw truncated(what, start);
      yield MORE;
    }
  }

  /** Waits until there is another byte; false: there is none. */
  *more(): Generator<typeof MORE, boolean> {
    while (this.#length === 0) {
      if (this.ended) return false;
      yield MORE;
    }
    return true;
  }
}

function truncated(what: string, start: number): CaptureError {
  return new CaptureError('truncated', start, `the capture ends within ${what}`);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
