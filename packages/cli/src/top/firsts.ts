/** The first `limit` in an order of things that come one by one; keeps not many more than those. */
export class Firsts<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #limit: number;
  #kept: T[] = [];

  constructor(compare: (a: T, b: T) => number, limit: number) {
    this.#compare = compare;
    this.#limit = limit;
  }

  add(thing: T): void {
    this.#kept.push(thing);
    if (this.#kept.length >= 2 * this.#limit + 1_024) this.#shorten();
  }

  /** In the order. */
  list(): readonly T[] {
    this.#shorten();
    return this.#kept;
  }

  #shorten(): void {
    this.#kept = this.#kept.sort(this.#compare).slice(0, this.#limit);
  }
}
