/** Upper bounds of durations, in seconds: what is longer than the last one is in the count alone. */
export const DURATION_BOUNDS = [0.001, 0.01, 0.1, 1, 10] as const;

/** How long passes took, and how late the last one was. */
export interface PassTimesValue {
  /** Passes that took no longer than each of `DURATION_BOUNDS`, the shorter ones included. */
  readonly within: readonly number[];
  readonly count: number;
  readonly sumSeconds: number;
  /** Of the last pass, or of the one that is due and did not come yet. */
  readonly lagSeconds: number;
}

/** Counts the passes of a watcher by how long they took. */
export class PassTimes {
  readonly #within = DURATION_BOUNDS.map(() => 0);
  #count = 0;
  #sumNs = 0n;
  #lagNs = 0n;

  /** A pass that was due at `dueNs` is over. */
  took(dueNs: bigint, startNs: bigint, endNs: bigint): void {
    const tookNs = endNs - startNs;
    this.#lagNs = startNs - dueNs;
    this.#count++;
    this.#sumNs += tookNs;
    DURATION_BOUNDS.forEach((bound, i) => {
      if (Number(tookNs) <= bound * 1e9) this.#within[i]!++;
    });
  }

  /** @param overdueNs how late the pass is that is due next; negative: it is not */
  value(overdueNs: bigint): PassTimesValue {
    return {
      within: [...this.#within],
      count: this.#count,
      sumSeconds: Number(this.#sumNs) / 1e9,
      lagSeconds: Math.max(Number(this.#lagNs), Number(overdueNs), 0) / 1e9,
    };
  }
}
