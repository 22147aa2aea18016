import { PrefixList } from '@scanward/detector';
import type { Prefix } from './ports.ts';

/** As many own addresses as the program knows, and some protected networks. */
const CAPACITY = 4_096 + 256;

/** Own addresses, and those of the networks that the operator protects. */
export class Ours {
  readonly #list = new PrefixList(CAPACITY);
  #protected: readonly Prefix[];
  #own: readonly Uint8Array[] = [];

  constructor(protect: readonly Prefix[]) {
    this.#protected = protect;
    this.#fill();
  }

  setProtected(protect: readonly Prefix[]): void {
    this.#protected = protect;
    this.#fill();
  }

  setOwn(addresses: readonly Uint8Array[]): void {
    this.#own = addresses;
    this.#fill();
  }

  has(bytes: Uint8Array, offset: number): boolean {
    return this.#list.has(bytes, offset);
  }

  #fill(): void {
    this.#list.clear();
    for (const prefix of this.#protected) this.#list.add(prefix);
    for (const address of this.#own) this.#list.add({ address, bits: 128 });
  }
}
