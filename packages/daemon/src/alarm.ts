import type { Clock } from './ports.ts';

/** setTimeout cannot wait longer; an alarm that comes too early just waits again. */
const LONGEST_WAIT_MS = 0x7fff_ffff;

/** Rings once at the earliest of the times that it was set to. An error of `ring` goes to `failed`. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  readonly #failed: (error: unknown) => void;
  #dueNs = 0n;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, ring: () => void, failed: (error: unknown) => void) {
    this.#clock = clock;
    this.#ring = ring;
    this.#failed = failed;
  }

  /** Sets it, unless it is set to an earlier time. */
  at(timeNs: bigint): void {
    if (this.#cancel !== undefined && timeNs >= this.#dueNs) return;
    this.stop();
    this.#wait(timeNs);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(dueNs: bigint): void {
    this.#dueNs = dueNs;
    const ms = Math.max(0, Math.ceil(Number(dueNs - this.#clock.monotonicNs()) / 1e6));
    this.#cancel = this.#clock.after(Math.min(ms, LONGEST_WAIT_MS), () => this.#fire());
  }

  #fire(): void {
    this.#cancel = undefined;
    if (this.#clock.monotonicNs() < this.#dueNs) {
      this.#wait(this.#dueNs);
      return;
    }
    try {
      this.#ring();
    } catch (error) {
      this.#failed(error);
    }
  }
}
