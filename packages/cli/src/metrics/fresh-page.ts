import type { Page } from './page.ts';

/** A page is shown to all who ask within this time. */
const FRESH_NS = 250_000_000n;

/** Makes a page at most every quarter of a second, however often it is asked for: who asks all the time makes no work. */
export class FreshPage implements Page {
  readonly contentType: string;
  readonly #page: Page;
  readonly #nowNs: () => bigint;
  #madeNs: bigint | undefined;
  #made: Promise<string> = Promise.resolve('');

  constructor(page: Page, nowNs: () => bigint) {
    this.contentType = page.contentType;
    this.#page = page;
    this.#nowNs = nowNs;
  }

  text(): Promise<string> {
    const nowNs = this.#nowNs();
    if (this.#madeNs === undefined || nowNs - this.#madeNs >= FRESH_NS) {
      this.#madeNs = nowNs;
      this.#made = this.#page.text();
    }
    return this.#made;
  }
}
