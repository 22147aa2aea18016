import { CaptureError, type CapturedPacket, CaptureReader } from '@scanward/packet';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';

/** The bytes of a capture, unpacked. */
export type OpenCapture = (file: string) => AsyncIterable<Uint8Array>;

/** Several captures, read one after the other. */
export class Captures {
  readonly #files: readonly string[];
  readonly #open: OpenCapture;
  #name = '';

  constructor(files: readonly string[], open: OpenCapture) {
    this.#files = files;
    this.#open = open;
  }

  /** Of the capture that is being read, for messages. */
  get name(): string {
    return this.#name;
  }

  /** Their packets, as they come. What is iterated throws too. @throws OperatorError `capture` */
  async *batches(): AsyncGenerator<Iterable<CapturedPacket>> {
    for (const file of this.#files) {
      this.#name = file === '-' ? 'standard input' : file;
      const reader = new CaptureReader();
      for await (const chunk of this.#open(file)) yield this.#named(reader.packets(chunk));
      yield this.#named(reader.end());
    }
  }

  *#named(packets: Iterable<CapturedPacket>): Generator<CapturedPacket> {
    try {
      yield* packets;
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      throw new OperatorError(ExitCode.capture, `reading ${this.#name}`, error.message, { cause: error });
    }
  }
}
