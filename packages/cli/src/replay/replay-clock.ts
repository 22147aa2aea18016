import type { Clock } from '@scanward/daemon';

interface Timer {
  readonly dueNs: bigint;
  readonly callback: () => void;
}

/** What the time of a packet was to the one before it. `back` and `leap`: the capture's clock was set. */
export type Step = 'on' | 'late' | 'back' | 'leap';

/** A replay begins an hour after the start of its machine. */
const START_NS = 3_600_000_000_000n;
/** Packets may stand a little out of order; what goes back further is a clock that was set. */
const LATE_NS = 1_000_000_000n;
/** Further than any window reaches. */
const LEAP_NS = 31n * 24n * 3_600_000_000_000n;
/**
 * Timers that are called one by one between two packets: a quarter of an hour of the tracking watcher. In a longer silence nothing
 * happens that could not be told at its end, with the time that it had.
 */
const TIMERS_MAX = 1_000;

/**
 * The clock of a capture: it stands where its last packet stands. Its monotonic time never goes back; where the capture's clock was
 * set, it goes on from where it stood.
 */
export class ReplayClock implements Clock {
  readonly #timers = new Set<Timer>();
  #nowNs = START_NS;
  /** The time of the capture. */
  #captureNs: bigint | undefined;

  monotonicNs(): bigint {
    return this.#nowNs;
  }

  wallMs(): number {
    return Number((this.#captureNs ?? 0n) / 1_000n) / 1_000;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { dueNs: this.#nowNs + BigInt(Math.ceil(ms * 1e6)), callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Goes on to the time of a packet, and calls what is due on the way. */
  reach(captureNs: bigint): Step {
    if (this.#captureNs === undefined) {
      this.#captureNs = captureNs;
      return 'on';
    }
    const spanNs = captureNs - this.#captureNs;
    if (spanNs < -LATE_NS || spanNs > LEAP_NS) {
      this.#pass(spanNs < 0n ? 0n : LEAP_NS);
      this.#captureNs = captureNs;
      return spanNs < 0n ? 'back' : 'leap';
    }
    if (spanNs < 0n) return 'late';
    this.#pass(spanNs);
    this.#captureNs = captureNs;
    return 'on';
  }

  #pass(spanNs: bigint): void {
    const endNs = this.#nowNs + spanNs;
    for (let called = 0; called < TIMERS_MAX; called++) {
      const next = this.#next();
      if (next === undefined || next.dueNs > endNs) break;
      if (next.dueNs > this.#nowNs) this.#advance(next.dueNs);
      this.#call(next);
    }
    this.#advance(endNs);
    const late = [...this.#timers].filter(({ dueNs }) => dueNs <= endNs);
    for (const timer of late.sort((a, b) => Number(a.dueNs - b.dueNs))) this.#call(timer);
  }

  #call(timer: Timer): void {
    if (this.#timers.delete(timer)) timer.callback();
  }

  #advance(nowNs: bigint): void {
    if (this.#captureNs !== undefined) this.#captureNs += nowNs - this.#nowNs;
    this.#nowNs = nowNs;
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.dueNs < first.dueNs) first = timer;
    return first;
  }
}
