const minutes = (ms: number): string =>
  ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;

/** Ends what takes too long, or gives no sign of life for too long, and says which of the two it was. */
export class Watchdog {
  readonly #limitMs: number;
  readonly #silenceMs: number;
  readonly #bite: () => void;
  #limit: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  /** Why it bit. */
  why: string | undefined;

  constructor(limitMs: number, silenceMs: number, bite: () => void) {
    this.#limitMs = limitMs;
    this.#silenceMs = silenceMs;
    this.#bite = bite;
  }

  start(): void {
    this.#limit = this.#timer(this.#limitMs, `ended after its time limit of ${minutes(this.#limitMs)}`);
    this.#silence = this.#timer(this.#silenceMs, `ended after ${minutes(this.#silenceMs)} without a sign of life`);
  }

  /** Something was heard. */
  sign(): void {
    this.#silence?.refresh();
  }

  stop(): void {
    clearTimeout(this.#limit);
    clearTimeout(this.#silence);
  }

  #timer(ms: number, why: string): NodeJS.Timeout {
    return setTimeout(() => {
      this.why ??= why;
      this.stop();
      this.#bite();
    }, ms);
  }
}
