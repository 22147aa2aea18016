import { parseEvent } from './events.ts';
import type { GuestEvent } from './types.ts';

/**
 * Makes events of the bytes of a guest, which come in pieces of any size. A line that is no event, or that was cut off
 * by the guest's end, is a trouble: a result that cannot be read must not look like one that was not written.
 */
export class GuestLines {
  readonly #decoder = new TextDecoder();
  readonly #tell: (event: GuestEvent) => void;
  #rest = '';
  /** Whether the guest said that it is through. */
  ended = false;

  constructor(tell: (event: GuestEvent) => void) {
    this.#tell = tell;
  }

  add(chunk: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#line(line);
  }

  /** No more will come. */
  close(): void {
    const rest = this.#rest + this.#decoder.decode();
    this.#rest = '';
    this.#line(rest);
  }

  #line(line: string): void {
    if (line.trim() === '') return;
    const event = parseEvent(line);
    this.ended ||= event?.event === 'end';
    this.#tell(event ?? { event: 'trouble', why: `the guest wrote a line that is no event: ${line.slice(0, 200)}` });
  }
}
