import { prefixMask } from '../addresses.ts';

/** Connections that are remembered, of all sources: 27 bytes each. */
export const CONNECTIONS_REMEMBERED = 32_768;

/** What got through: a packet to a port, or the end of a handshake, which asks for none. */
export type Passage = 'tcp' | 'udp' | 'handshake';

type Visit = (port: number, timeNs: number, passage: Passage) => void;

const PASSAGES: readonly Passage[] = ['tcp', 'udp', 'handshake'];

/** Processors do not take their turns in the order of their clocks. */
const DISORDER_NS = 1e9;

/**
 * The last connections, so that the report of a scan knows its beginning: what the source did before it was known for a
 * scanner. A ring without garbage; noting is for each connection, looking only for each scan.
 */
export class RecentConnections {
  readonly #max: number;
  readonly #words: Uint32Array;
  readonly #ports: Uint16Array;
  readonly #passages: Uint8Array;
  readonly #times: Float64Array;
  #next = 0;
  #count = 0;

  constructor(max = CONNECTIONS_REMEMBERED) {
    this.#max = max;
    this.#words = new Uint32Array(4 * max);
    this.#ports = new Uint16Array(max);
    this.#passages = new Uint8Array(max);
    this.#times = new Float64Array(max);
  }

  /** The source is the 16 bytes at `offset`. */
  note(bytes: Uint8Array, offset: number, port: number, timeNs: number, passage: Passage): void {
    const at = this.#next;
    for (let i = 0; i < 4; i++) this.#words[4 * at + i] = word(bytes, offset + 4 * i);
    this.#ports[at] = port;
    this.#passages[at] = PASSAGES.indexOf(passage);
    this.#times[at] = timeNs;
    this.#next = at + 1 === this.#max ? 0 : at + 1;
    if (this.#count < this.#max) this.#count++;
  }

  /** Visits those of a source after `sinceNs`, the newest first. */
  visit(source: Uint8Array, bits: number, sinceNs: number, visit: Visit): void {
    const isOf = this.#matcher(source, bits);
    for (let i = 1; i <= this.#count; i++) {
      const at = (this.#next - i + this.#max) % this.#max;
      const timeNs = this.#times[at]!;
      if (timeNs + DISORDER_NS <= sinceNs) return;
      if (timeNs > sinceNs && isOf(at)) visit(this.#ports[at]!, timeNs, PASSAGES[this.#passages[at]!]!);
    }
  }

  /** The last word first: it tells IPv4 addresses apart. */
  #matcher(source: Uint8Array, bits: number): (at: number) => boolean {
    const mask = prefixMask(bits);
    const [m0, m1, m2, m3] = [0, 4, 8, 12].map((i) => word(mask, i)) as [number, number, number, number];
    const [s0, s1, s2, s3] = [0, 4, 8, 12].map((i) => word(source, i)) as [number, number, number, number];
    const words = this.#words;
    return (at) =>
      ((words[4 * at + 3]! ^ s3) & m3) === 0 &&
      ((words[4 * at + 1]! ^ s1) & m1) === 0 &&
      ((words[4 * at]! ^ s0) & m0) === 0 &&
      ((words[4 * at + 2]! ^ s2) & m2) === 0;
  }
}

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
