import type { Log } from '@scanward/daemon';

/** Keeps what is said until it is released, so that a start that fails says one line and no more. */
export class HeldLog implements Log {
  readonly #to: Log;
  #held: (() => void)[] | undefined = [];

  constructor(to: Log) {
    this.#to = to;
  }

  info(message: string): void {
    this.#say(() => {
      this.#to.info(message);
    });
  }

  warn(message: string): void {
    this.#say(() => {
      this.#to.warn(message);
    });
  }

  /** Says what was kept, and from now on everything at once. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const say of held) say();
  }

  #say(say: () => void): void {
    if (this.#held) this.#held.push(say);
    else say();
  }
}
