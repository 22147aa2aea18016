const MINUTE_NS = 60_000_000_000n;

/** At most so many within a minute, as the program counts: a minute begins with the first one after the last minute. */
export class BlockCap {
  readonly #perMinute: () => number;
  #startNs: bigint | undefined;
  #count = 0;

  /** @param perMinute 0: no cap */
  constructor(perMinute: () => number) {
    this.#perMinute = perMinute;
  }

  /** Takes room for one more; false: there is none. */
  take(nowNs: bigint): boolean {
    const perMinute = this.#perMinute();
    if (perMinute === 0) return true;
    if (this.#startNs === undefined || nowNs - this.#startNs >= MINUTE_NS) {
      this.#startNs = nowNs;
      this.#count = 0;
    }
    if (this.#count >= perMinute) return false;
    this.#count++;
    return true;
  }
}
