import type { Clock } from '@scanward/daemon';

/** Gives the beat, one interval after the other; beats that were missed are left out. */
export class Pacer {
  readonly #clock: Pick<Clock, 'monotonicNs' | 'after'>;
  readonly #intervalNs: bigint;
  #dueNs: bigint;
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(clock: Pick<Clock, 'monotonicNs' | 'after'>, intervalMs: number) {
    this.#clock = clock;
    this.#intervalNs = BigInt(intervalMs) * 1_000_000n;
    this.#dueNs = clock.monotonicNs();
  }

  /** Resolves at the next beat; `false`: it is over. */
  async next(): Promise<boolean> {
    if (this.#isOver) return false;
    const nowNs = this.#clock.monotonicNs();
    const missed = nowNs > this.#dueNs ? (nowNs - this.#dueNs) / this.#intervalNs : 0n;
    this.#dueNs += (missed + 1n) * this.#intervalNs;
    const waitMs = Math.max(1, Math.ceil(Number(this.#dueNs - nowNs) / 1e6));
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(waitMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
    return !this.#isOver;
  }

  /** Ends it at once. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }
}
