import type { Clock } from '@scanward/daemon';

/** How long a walk goes on before keys and frames have their turn: nobody notices that. */
const WORK_NS = 15_000_000n;

/** Lets others have their turn whenever a long walk has gone on for some milliseconds. */
export class Breath {
  readonly #clock: Pick<Clock, 'monotonicNs' | 'after'>;
  #sinceNs: bigint;

  constructor(clock: Pick<Clock, 'monotonicNs' | 'after'>) {
    this.#clock = clock;
    this.#sinceNs = clock.monotonicNs();
  }

  get isDue(): boolean {
    return this.#clock.monotonicNs() - this.#sinceNs >= WORK_NS;
  }

  async take(): Promise<void> {
    await new Promise<void>((resolve) => this.#clock.after(0, resolve));
    this.#sinceNs = this.#clock.monotonicNs();
  }
}
