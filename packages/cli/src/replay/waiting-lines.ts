import type { LineSink } from '@scanward/daemon';
import type { LineStream } from '../system/line-sink.ts';

/** Characters that are written at a time. */
const CHUNK = 65_536;

/** Lines to a stream that is waited for: a capture has no hurry, so none is lost. */
export class WaitingLines implements LineSink {
  readonly #stream: LineStream;
  #text = '';
  #failure: NodeJS.ErrnoException | undefined;

  constructor(stream: LineStream) {
    this.#stream = stream;
    stream.on('error', (error) => (this.#failure ??= error));
  }

  /** Why the stream takes no more. */
  get failure(): NodeJS.ErrnoException | undefined {
    return this.#failure;
  }

  /** Whether enough waits to be flushed. */
  get isFull(): boolean {
    return this.#text.length >= CHUNK;
  }

  write(line: string): boolean {
    if (this.#failure) return false;
    this.#text += `${line}\n`;
    return true;
  }

  /** Resolves when the stream has taken all, or fails. */
  async flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text === '' || this.#failure) return;
    await new Promise<void>((resolve) => {
      this.#stream.write(text, (error) => {
        if (error) this.#failure ??= error;
        resolve();
      });
    });
  }
}
