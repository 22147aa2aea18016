import type { LineSink } from '@scanward/daemon';

/** As much of a writable stream as a sink needs. */
export interface LineStream {
  readonly writableLength: number;
  write(text: string, done?: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** Bytes that may wait for a slow reader of stdout. */
export const WAITING_MAX = 8 * 1024 * 1024;

/**
 * Lines to a stream, as many as its reader takes. Node writes to pipes without blocking and keeps what does not fit
 * in memory, so the limit is drawn here.
 */
export class StreamLineSink implements LineSink {
  readonly #stream: LineStream;
  readonly #waitingMax: number;
  #open = true;

  /** @param onClosed called once when the reader is gone (EPIPE) or the stream fails otherwise */
  constructor(stream: LineStream, onClosed: (error: NodeJS.ErrnoException) => void, waitingMax = WAITING_MAX) {
    this.#stream = stream;
    this.#waitingMax = waitingMax;
    stream.on('error', (error) => {
      if (!this.#open) return;
      this.#open = false;
      onClosed(error);
    });
  }

  get isRefusing(): boolean {
    return !this.#open || this.#stream.writableLength > this.#waitingMax;
  }

  write(line: string): boolean {
    if (this.isRefusing) return false;
    this.#stream.write(`${line}\n`);
    return true;
  }

  /** Resolves once all is written, or the reader is gone, or the time is over; `false` if lines still wait. */
  async flush(timeoutMs: number): Promise<boolean> {
    if (!this.#open || this.#stream.writableLength === 0) return true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => {
        resolve(false);
      }, timeoutMs);
    });
    const written = new Promise<boolean>((resolve) => {
      this.#stream.write('', () => {
        resolve(true);
      });
    });
    const done = await Promise.race([written, late]);
    clearTimeout(timer);
    return done;
  }
}
