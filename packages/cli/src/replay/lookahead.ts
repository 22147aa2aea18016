/** How far ahead the answer to a packet is looked for. */
export const AHEAD_NS = 1_000_000_000n;
export const AHEAD_PACKETS = 4_096;
export const AHEAD_BYTES = 16 * 1024 * 1024;

/** What can be held back. */
export interface Held {
  /** On the capture's clock. */
  readonly timeNs: bigint;
  readonly bytes: number;
}

/** Holds packets back until what came within a second after them is known, or there is no room for more. */
export class Lookahead<T extends Held> {
  #held: T[] = [];
  #first = 0;
  #bytes = 0;

  /** Takes one, and gives those whose turn has come. */
  *add(packet: T): Generator<T> {
    this.#held.push(packet);
    this.#bytes += packet.bytes;
    while (this.#isFull() || this.#isFar(packet.timeNs)) yield this.#shift();
  }

  /** Nothing comes after these. */
  *rest(): Generator<T> {
    while (this.#first < this.#held.length) yield this.#shift();
  }

  #isFull(): boolean {
    return this.#held.length - this.#first > AHEAD_PACKETS || this.#bytes > AHEAD_BYTES;
  }

  #isFar(timeNs: bigint): boolean {
    const oldest = this.#held[this.#first];
    if (oldest === undefined) return false;
    const aheadNs = timeNs - oldest.timeNs;
    return aheadNs > AHEAD_NS || aheadNs < -AHEAD_NS;
  }

  #shift(): T {
    const packet = this.#held[this.#first++]!;
    this.#bytes -= packet.bytes;
    if (this.#first > AHEAD_PACKETS) {
      this.#held = this.#held.slice(this.#first);
      this.#first = 0;
    }
    return packet;
  }
}
