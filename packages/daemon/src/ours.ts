import { PrefixList } from '@scanward/detector';
import type { Prefix } from './ports.ts';

/** As many own addresses as the program knows, and some protected networks. */
const CAPACITY = 4_096 + 256;

/** Own addresses, and those of the networks that the operator protects. */
export class Ours {
  readonly #list = new PrefixList(CAPACITY);
  readonly #protected: readonly Prefix[];

  constructor(protect: readonly Prefix[]) {
    this.#protected = protect;
    this.setOwn([]);
  }

  setOwn(addresses: Iterable<Uint8Array>): void {
    this.#list.clear();
    for (const prefix of this.#protected) this.#list.add(prefix);
    for (const address of addresses) this.#list.add({ address, bits: 128 });
  }

  has(bytes: Uint8Array, offset: number): boolean {
    return this.#list.has(bytes, offset);
  }
}
