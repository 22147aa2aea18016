import { maskAddress, type Prefix } from '@scanward/daemon';

/** Which prefixes have longer ones within them: asked for many, it walks once through all for each length. */
export class InnerPrefixes {
  readonly #all: () => Iterable<Prefix>;
  /** By length, those of it that hold a longer one. */
  readonly #holders = new Map<number, Set<string>>();

  constructor(all: () => Iterable<Prefix>) {
    this.#all = all;
  }

  /** Whether there is a longer one in it. */
  isAround({ address, bits }: Prefix): boolean {
    return this.#holdersOf(bits).has(keyOf(address, bits));
  }

  /** There is one more. */
  add(inner: Prefix): void {
    for (const [bits, holders] of this.#holders) if (bits < inner.bits) holders.add(keyOf(inner.address, bits));
  }

  #holdersOf(bits: number): ReadonlySet<string> {
    const known = this.#holders.get(bits);
    if (known) return known;
    const holders = new Set<string>();
    for (const inner of this.#all()) if (bits < inner.bits) holders.add(keyOf(inner.address, bits));
    this.#holders.set(bits, holders);
    return holders;
  }
}

const keyOf = (address: Uint8Array, bits: number): string => maskAddress(address, bits).join();
