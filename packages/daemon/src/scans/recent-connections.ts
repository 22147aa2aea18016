import { isIpv4, prefixMask } from '../addresses.ts';

/** Connections that are remembered, of all sources: 35 bytes each. */
export const CONNECTIONS_REMEMBERED = 32_768;

/** What got through: a packet to a port, or the end of a handshake, which asks for none. */
export type Passage = 'tcp' | 'udp' | 'handshake';

type Visit = (port: number, timeNs: number, passage: Passage) => void;

const PASSAGES: readonly Passage[] = ['tcp', 'udp', 'handshake'];

/** Processors do not take their turns in the order of their clocks. */
const DISORDER_NS = 1e9;

export interface RecentOptions {
  /** Default 32,768. */
  readonly max?: number | undefined;
  /** No source that is looked for is wider. */
  readonly ipv6Prefix: number;
  /** Four random numbers of 32 bits at least: nobody shall know which sources share a chain. */
  readonly keys: readonly bigint[];
}

const CHAINS_BITS = 15;

/**
 * The last connections, so that the report of a scan knows its beginning: what the source did before it was known for a
 * scanner. A ring without garbage; those whose sources share a hash are chained, the newest first.
 */
export class RecentConnections {
  readonly #max: number;
  readonly #keys: readonly number[];
  readonly #ipv6Mask: readonly number[];
  readonly #words: Uint32Array;
  readonly #ports: Uint16Array;
  readonly #passages: Uint8Array;
  readonly #times: Float64Array;
  /** Of each the number of the one before it in its chain. */
  readonly #earlier: Float64Array;
  /** Of each chain the number of its newest. */
  readonly #newest = new Float64Array(1 << CHAINS_BITS).fill(-1);
  /** Number of the next; the place of each is its number within the ring. */
  #next = 0;

  constructor({ max = CONNECTIONS_REMEMBERED, ipv6Prefix, keys }: RecentOptions) {
    this.#max = max;
    this.#keys = keys.map((key) => Number(BigInt.asIntN(32, key)) | 1);
    this.#ipv6Mask = words(prefixMask(ipv6Prefix), 0);
    this.#words = new Uint32Array(4 * max);
    this.#ports = new Uint16Array(max);
    this.#passages = new Uint8Array(max);
    this.#times = new Float64Array(max);
    this.#earlier = new Float64Array(max);
  }

  /** The source is the 16 bytes at `offset`. */
  note(bytes: Uint8Array, offset: number, port: number, timeNs: number, passage: Passage): void {
    const at = this.#next % this.#max;
    for (let i = 0; i < 4; i++) this.#words[4 * at + i] = word(bytes, offset + 4 * i);
    this.#ports[at] = port;
    this.#passages[at] = PASSAGES.indexOf(passage);
    this.#times[at] = timeNs;
    const chain = this.#chainOf(bytes, offset);
    this.#earlier[at] = this.#newest[chain]!;
    this.#newest[chain] = this.#next++;
  }

  /** Visits those of a source after `sinceNs`, the newest first. */
  visit(source: Uint8Array, bits: number, sinceNs: number, visit: Visit): void {
    const isOf = this.#matcher(source, bits);
    let number = this.#newest[this.#chainOf(source, 0)]!;
    while (number >= 0 && number >= this.#next - this.#max) {
      const at = number % this.#max;
      const timeNs = this.#times[at]!;
      if (timeNs + DISORDER_NS <= sinceNs) return;
      if (timeNs > sinceNs && isOf(at)) visit(this.#ports[at]!, timeNs, PASSAGES[this.#passages[at]!]!);
      number = this.#earlier[at]!;
    }
  }

  /** Addresses of one prefix have one chain. */
  #chainOf(bytes: Uint8Array, offset: number): number {
    const isWhole = isIpv4(bytes, offset);
    let hash = 0;
    for (let i = 0; i < 4; i++) {
      const part = word(bytes, offset + 4 * i);
      hash = (hash + Math.imul(isWhole ? part : part & this.#ipv6Mask[i]!, this.#keys[i]!)) | 0;
    }
    return hash >>> (32 - CHAINS_BITS);
  }

  #matcher(source: Uint8Array, bits: number): (at: number) => boolean {
    const [mask, wanted] = [words(prefixMask(bits), 0), words(source, 0)];
    return (at) => wanted.every((part, i) => ((this.#words[4 * at + i]! ^ part) & mask[i]!) === 0);
  }
}

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;

const words = (bytes: Uint8Array, at: number): number[] => [0, 4, 8, 12].map((i) => word(bytes, at + i));
