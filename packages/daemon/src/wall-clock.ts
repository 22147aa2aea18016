import type { Clock } from './ports.ts';

type WallClockPorts = Pick<Clock, 'monotonicNs' | 'wallMs'>;

/** Readings within this time of each other are taken for one. */
const TOGETHER_NS = 100_000;
const TRIES = 10;

/**
 * Turns the kernel's monotonic times into wall time, for printing and for the state file only. The offset is taken anew at
 * each tick, so a step of the wall clock shows there and nowhere else.
 */
export class WallClock {
  readonly #clock: WallClockPorts;
  #offsetMs = 0;

  constructor(clock: WallClockPorts) {
    this.#clock = clock;
    this.take();
  }

  /** Both clocks at once: whoever is interrupted between the two readings tries again, and the closest pair counts. */
  take(): void {
    let best = Infinity;
    for (let tries = 0; tries < TRIES && best > TOGETHER_NS; tries++) {
      const beforeNs = Number(this.#clock.monotonicNs());
      const wallMs = this.#clock.wallMs();
      const afterNs = Number(this.#clock.monotonicNs());
      if (afterNs - beforeNs >= best) continue;
      best = afterNs - beforeNs;
      this.#offsetMs = wallMs - (beforeNs + afterNs) / 2e6;
    }
  }

  /** Wall milliseconds of a kernel time; a number holds the nanoseconds of 104 days exactly, and far more to the microsecond. */
  ms(timeNs: number | bigint): number {
    return Math.round(this.#offsetMs + Number(timeNs) / 1e6);
  }

  /** The kernel's time of wall milliseconds; negative before the start of the machine. */
  ns(timeMs: number): bigint {
    return BigInt(Math.round((timeMs - this.#offsetMs) * 1e6));
  }
}
