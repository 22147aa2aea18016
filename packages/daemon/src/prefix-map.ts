import { addressKey, maskAddress } from './addresses.ts';
import type { Prefix } from './ports.ts';

/** Values by prefix: an address is looked for once for each length that there is. */
export class PrefixMap<Value> {
  /** By length, the shortest first, then by prefix. */
  #groups: [number, Map<string, Value>][] = [];

  /** Prefixes, each of which is its own value. */
  static of<P extends Prefix>(prefixes: Iterable<P>): PrefixMap<P> {
    const map = new PrefixMap<P>();
    for (const prefix of prefixes) map.set(prefix, prefix);
    return map;
  }

  set({ address, bits }: Prefix, value: Value): void {
    let group = this.#groups.find(([length]) => length === bits)?.[1];
    if (!group) {
      group = new Map();
      this.#groups = [...this.#groups, [bits, group] as [number, typeof group]].sort(([a], [b]) => a - b);
    }
    group.set(addressKey(maskAddress(address, bits)), value);
  }

  get isEmpty(): boolean {
    return this.#groups.length === 0;
  }

  /** Whether any prefix, of `bitsMax` or shorter, holds the 16 bytes at `offset`. */
  holds(address: Uint8Array, offset = 0, bitsMax = 128): boolean {
    return this.around(address, offset, bitsMax).next().done === false;
  }

  /** The values of all prefixes that hold the 16 bytes at `offset`, those of `bitsMax` and shorter, the shortest first. */
  *around(address: Uint8Array, offset = 0, bitsMax = 128): Generator<Value> {
    if (this.isEmpty) return;
    const whole = address.subarray(offset, offset + 16);
    for (const [bits, group] of this.#groups) {
      if (bits > bitsMax) return;
      const value = group.get(addressKey(maskAddress(whole, bits)));
      if (value !== undefined) yield value;
    }
  }
}
