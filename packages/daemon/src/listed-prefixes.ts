import { addressKey, isIpv4, keyAddress } from './addresses.ts';
import type { Prefix } from './ports.ts';

const IPV4_BITS = 96;
const LENGTHS = 64;

/** A set of prefixes, a million of them in some 40 MiB: IPv4 prefixes are numbers in it. */
export class ListedPrefixes {
  readonly #ipv4 = new Set<number>();
  readonly #ipv6 = new Set<string>();

  get size(): number {
    return this.#ipv4.size + this.#ipv6.size;
  }

  add(prefix: Prefix): void {
    const key = ipv4Key(prefix);
    if (key === undefined) this.#ipv6.add(ipv6Key(prefix));
    else this.#ipv4.add(key);
  }

  has(prefix: Prefix): boolean {
    const key = ipv4Key(prefix);
    return key === undefined ? this.#ipv6.has(ipv6Key(prefix)) : this.#ipv4.has(key);
  }

  /** Returns false when it was not there. */
  delete(prefix: Prefix): boolean {
    const key = ipv4Key(prefix);
    return key === undefined ? this.#ipv6.delete(ipv6Key(prefix)) : this.#ipv4.delete(key);
  }

  *[Symbol.iterator](): Generator<Prefix> {
    for (const key of this.#ipv4) yield ipv4Prefix(key);
    for (const key of this.#ipv6) {
      const slash = key.lastIndexOf('/');
      yield { address: keyAddress(key.slice(0, slash)), bits: Number(key.slice(slash + 1)) };
    }
  }
}

/** Address and length as one whole number below 2^38. Undefined: it is no IPv4 prefix. */
function ipv4Key({ address, bits }: Prefix): number | undefined {
  if (bits < IPV4_BITS || !isIpv4(address)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = [address[12], address[13], address[14], address[15]];
  return (((a * 256 + b) * 256 + c) * 256 + d) * LENGTHS + (bits - IPV4_BITS);
}

function ipv4Prefix(key: number): Prefix {
  const number = Math.floor(key / LENGTHS);
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) & 0xff);
  return {
    address: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...octets),
    bits: (key % LENGTHS) + IPV4_BITS,
  };
}

const ipv6Key = ({ address, bits }: Prefix): string => `${addressKey(address)}/${bits}`;
