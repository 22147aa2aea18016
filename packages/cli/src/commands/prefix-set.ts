import { maskAddress, type Prefix } from '@scanward/daemon';

/** Many prefixes, asked whether an address lies in any of them: one look-up for each length that there is. */
export class PrefixSet {
  readonly #byLength = new Map<number, Set<string>>();

  constructor(prefixes: Iterable<Prefix>) {
    for (const { address, bits } of prefixes) {
      const ofLength = this.#byLength.get(bits) ?? new Set();
      this.#byLength.set(bits, ofLength.add(maskAddress(address, bits).join()));
    }
  }

  holds(address: Uint8Array): boolean {
    for (const [bits, prefixes] of this.#byLength) if (prefixes.has(maskAddress(address, bits).join())) return true;
    return false;
  }
}
