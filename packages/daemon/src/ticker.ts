import { Alarm } from './alarm.ts';
import { PassTimes, type PassTimesValue } from './pass-times.ts';
import type { Clock } from './ports.ts';

const nanosecondsOf = (ms: number): bigint => BigInt(Math.max(1, Math.round(ms * 1e6)));

/**
 * Calls `pass` every `periodMs`, counted from the start and not from the last pass, so that it does not drift.
 * A pass that takes longer than a period skips ticks; passes never overlap. An error ends it and goes to `failed`.
 */
export class Ticker {
  readonly #clock: Clock;
  #periodNs: bigint;
  readonly #alarm: Alarm;
  readonly #times = new PassTimes();
  #tickNs = 0n;
  #running = false;

  constructor(clock: Clock, periodMs: number, pass: () => void, failed: (error: unknown) => void) {
    this.#clock = clock;
    this.#periodNs = nanosecondsOf(periodMs);
    const ring = () => {
      const startNs = clock.monotonicNs();
      pass();
      this.#times.took(this.#tickNs, startNs, clock.monotonicNs());
      this.#next();
    };
    this.#alarm = new Alarm(clock, ring, failed);
  }

  start(): void {
    this.#running = true;
    this.#tickNs = this.#clock.monotonicNs();
    this.#next();
  }

  /** From now on this period: the next tick is one period from now. */
  setPeriod(periodMs: number): void {
    if (nanosecondsOf(periodMs) === this.#periodNs) return;
    this.#periodNs = nanosecondsOf(periodMs);
    this.#alarm.stop();
    if (this.#running) this.start();
  }

  stop(): void {
    this.#running = false;
    this.#alarm.stop();
  }

  times(): PassTimesValue {
    return this.#times.value(this.#running ? this.#clock.monotonicNs() - this.#tickNs : 0n);
  }

  #next(): void {
    if (!this.#running) return; // the pass may have stopped it
    const late = this.#clock.monotonicNs() - this.#tickNs;
    this.#tickNs += (late / this.#periodNs + 1n) * this.#periodNs;
    this.#alarm.at(this.#tickNs);
  }
}
