/** Lines a minute about one source. */
export const LINES_PER_SOURCE = 60;
/** Lines a minute about all sources. */
export const LINES_TOTAL = 3_000;

const MINUTE_NS = 60_000_000_000n;

export interface LineLimits {
  /** Lines a minute about one source; default 60. */
  readonly perSource?: number;
  /** Lines a minute about all sources; default 3,000. */
  readonly total?: number;
}

/**
 * How many lines a minute there may be, of any minute: what was admitted within the last one counts. Remembers no more
 * than `total` lines.
 */
export class LineLimit {
  readonly #perSource: number;
  readonly #total: number;
  readonly #nowNs: () => bigint;
  /** The last minute's, oldest first, from `#first` on. */
  #lines: { readonly source: string; readonly timeNs: bigint }[] = [];
  #first = 0;
  readonly #counts = new Map<string, number>();
  #dueNs: bigint | undefined;

  /** @param nowNs a clock that never goes back */
  constructor({ perSource = LINES_PER_SOURCE, total = LINES_TOTAL }: LineLimits, nowNs: () => bigint) {
    this.#perSource = perSource;
    this.#total = total;
    this.#nowNs = nowNs;
  }

  /** Whether there may be a line about this source now; if so, it counts. */
  admit(source: string): boolean {
    const timeNs = this.#nowNs();
    this.#passUntil(timeNs - MINUTE_NS);
    const count = this.#counts.get(source) ?? 0;
    if (count >= this.#perSource || this.#lines.length - this.#first >= this.#total) {
      this.#dueNs ??= timeNs + MINUTE_NS;
      return false;
    }
    this.#counts.set(source, count + 1);
    this.#lines.push({ source, timeNs });
    return true;
  }

  /** Whether it is time to say how many were not admitted: a minute after the first of them. */
  get isDue(): boolean {
    return this.#dueNs !== undefined && this.#dueNs <= this.#nowNs();
  }

  /** It was said. */
  said(): void {
    this.#dueNs = undefined;
  }

  #passUntil(timeNs: bigint): void {
    for (let line = this.#lines[this.#first]; line && line.timeNs <= timeNs; line = this.#lines[++this.#first]) {
      const count = this.#counts.get(line.source)! - 1;
      if (count === 0) this.#counts.delete(line.source);
      else this.#counts.set(line.source, count);
    }
    if (this.#first <= this.#total) return;
    this.#lines = this.#lines.slice(this.#first);
    this.#first = 0;
  }
}
