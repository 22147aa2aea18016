import type { Clock } from './ports.ts';

/**
 * Turns the kernel's monotonic times into wall time, for printing only. The offset is taken anew at each tick,
 * so a step of the wall clock shows in the lines and nowhere else.
 */
export class WallClock {
  readonly #clock: Clock;
  #offsetMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.take();
  }

  take(): void {
    this.#offsetMs = this.#clock.wallMs() - Number(this.#clock.monotonicNs()) / 1e6;
  }

  /** Wall milliseconds of a kernel time; a number holds the nanoseconds of 104 days exactly, and far more to the microsecond. */
  ms(timeNs: number | bigint): number {
    return Math.round(this.#offsetMs + Number(timeNs) / 1e6);
  }
}
