/** Lines of connections a minute. */
export const CONNECTION_LINES = 60_000;

const MINUTE_NS = 60_000_000_000n;
/** Lines are counted by tenths of a second. */
const SLOT_NS = 100_000_000;
/** Those that the last minute reaches into: 600, and one that it cuts. */
const SLOTS = 601;

/**
 * How many lines of connections there may be within any minute. Every packet may make one, so this costs no memory but a count
 * for each tenth of a second, and nothing at all once the limit is reached. A line counts for up to a tenth of a second more than
 * a minute.
 */
export class ConnectionLimit {
  readonly #max: number;
  readonly #nowNs: () => bigint;
  readonly #counts = new Float64Array(SLOTS);
  #total = 0;
  #slot: number;
  #dueNs: bigint | undefined;

  /** @param nowNs a clock that never goes back */
  constructor(max: number, nowNs: () => bigint) {
    this.#max = max;
    this.#nowNs = nowNs;
    this.#slot = slotOf(nowNs());
  }

  /** Notices how late it is. To be called now and then: what is over the limit does not look at the clock. */
  look(): void {
    const slot = slotOf(this.#nowNs());
    const from = Math.max(this.#slot + 1, slot - SLOTS + 1);
    for (let passed = from; passed <= slot; passed++) {
      this.#total -= this.#counts[passed % SLOTS]!;
      this.#counts[passed % SLOTS] = 0;
    }
    this.#slot = slot;
  }

  /** Whether there may be a line now; if so, it counts. */
  admit(): boolean {
    if (this.#total < this.#max) {
      this.look();
      this.#counts[this.#slot % SLOTS]!++;
      this.#total++;
      return true;
    }
    this.#dueNs ??= this.#nowNs() + MINUTE_NS;
    return false;
  }

  /** Whether it is time to say how many were not admitted: a minute after the first of them. */
  get isDue(): boolean {
    return this.#dueNs !== undefined && this.#dueNs <= this.#nowNs();
  }

  /** It was said. */
  said(): void {
    this.#dueNs = undefined;
  }
}

const slotOf = (timeNs: bigint): number => Math.floor(Number(timeNs) / SLOT_NS);
