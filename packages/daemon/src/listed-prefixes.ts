import { addressKey, isIpv4, keyAddress } from './addresses.ts';
import type { Prefix } from './ports.ts';

const IPV4_BITS = 96;

/** A set of prefixes, made for a million of them: IPv4 ones are whole numbers of 32 bits in it, which V8 keeps without a box. */
export class ListedPrefixes {
  /** By length: the address as a signed number. */
  readonly #ipv4 = Array.from({ length: 33 }, () => new Set<number>());
  readonly #ipv6 = new Set<string>();

  constructor(prefixes: Iterable<Prefix> = []) {
    for (const prefix of prefixes) this.add(prefix);
  }

  get size(): number {
    return this.#ipv4.reduce((sum, { size }) => sum + size, this.#ipv6.size);
  }

  add(prefix: Prefix): void {
    const group = this.#group(prefix);
    if (group) group.add(numberOf(prefix));
    else this.#ipv6.add(keyOf(prefix));
  }

  has(prefix: Prefix): boolean {
    const group = this.#group(prefix);
    return group ? group.has(numberOf(prefix)) : this.#ipv6.has(keyOf(prefix));
  }

  /** Returns false when it was not there. */
  delete(prefix: Prefix): boolean {
    const group = this.#group(prefix);
    return group ? group.delete(numberOf(prefix)) : this.#ipv6.delete(keyOf(prefix));
  }

  *[Symbol.iterator](): Generator<Prefix> {
    for (const [length, group] of this.#ipv4.entries()) {
      for (const number of group) yield { address: addressOf(number), bits: IPV4_BITS + length };
    }
    for (const key of this.#ipv6) {
      const slash = key.lastIndexOf('/');
      yield { address: keyAddress(key.slice(0, slash)), bits: Number(key.slice(slash + 1)) };
    }
  }

  /** Undefined: it is no IPv4 prefix. */
  #group({ address, bits }: Prefix): Set<number> | undefined {
    return bits >= IPV4_BITS && isIpv4(address) ? this.#ipv4[bits - IPV4_BITS] : undefined;
  }
}

function numberOf({ address }: Prefix): number {
  return (address[12]! << 24) | (address[13]! << 16) | (address[14]! << 8) | address[15]!;
}

function addressOf(number: number): Uint8Array {
  const octets = [number >>> 24, (number >>> 16) & 0xff, (number >>> 8) & 0xff, number & 0xff];
  return Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...octets);
}

const keyOf = ({ address, bits }: Prefix): string => `${addressKey(address)}/${bits}`;
