import { copyAddress } from './address.ts';
import { assertInteger } from './assert.ts';
import { hashToSet, KeyedHash } from './keyed-hash.ts';
import { RETRANSMISSION_NS, SETS_MAX, SYN_KEYS, SYNS_PER_SET } from './limits.ts';

const TIME_MASK = 0xffffff;
const FRESH_UNITS = Number(RETRANSMISSION_NS >> 24n);
const KEY_BYTES = 40;

/** What tells one SYN from another. */
export interface Syn {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
}

export interface SynTableOptions {
  /** Sets of seven cells. */
  readonly sets: number;
  /** Words 5 to 26 of the program's `secret`. */
  readonly keys: readonly bigint[];
}

/**
 * The program's table `syns`, rule by rule (bpf/syns.bpf.h): which SYNs were seen within 64 s, in sets of seven cells
 * in order of use; the last one falls out. Times are in units of 2^24 ns.
 */
export class SynTable {
  readonly sets: number;
  readonly #where: KeyedHash;
  readonly #what: KeyedHash;
  /** The 40-bit tag of a cell, whole in a double, and its time. Both 0: empty. */
  readonly #tags: Float64Array;
  readonly #times: Uint32Array;
  readonly #key = new Uint8Array(KEY_BYTES);
  readonly #view = new DataView(this.#key.buffer);

  constructor(options: SynTableOptions) {
    assertInteger('sets', options.sets, 1, SETS_MAX);
    assertInteger('number of keys', options.keys.length, 2 * SYN_KEYS, 2 * SYN_KEYS);
    this.sets = options.sets;
    this.#where = new KeyedHash(options.keys.slice(0, SYN_KEYS));
    this.#what = new KeyedHash(options.keys.slice(SYN_KEYS));
    this.#tags = new Float64Array(options.sets * SYNS_PER_SET);
    this.#times = new Uint32Array(options.sets * SYNS_PER_SET);
  }

  #identify(syn: Syn): { first: number; tag: number } {
    copyAddress(syn.source, 0, this.#key, 0);
    copyAddress(syn.destination, 0, this.#key, 16);
    this.#view.setUint16(32, syn.sourcePort);
    this.#view.setUint16(34, syn.destinationPort);
    this.#view.setUint32(36, syn.sequence);
    const where = this.#where.hash(this.#key, 0);
    const tag = this.#what.hash(this.#key, 0) * 256 + (where & 0xff);
    return { first: hashToSet(where, this.sets) * SYNS_PER_SET, tag };
  }

  #isEmpty(at: number): boolean {
    return this.#tags[at] === 0 && this.#times[at] === 0;
  }

  /** Remembers the SYN; true when it was seen before, within 64 s. */
  seen(syn: Syn, timeNs: bigint): boolean {
    const { first, tag } = this.#identify(syn);
    const now = Number((timeNs >> 24n) & BigInt(TIME_MASK));
    let carriedTag = tag;
    let carriedTime = now;
    for (let at = first; at < first + SYNS_PER_SET; at++) {
      const cellTag = this.#tags[at]!;
      const cellTime = this.#times[at]!;
      const empty = this.#isEmpty(at);
      this.#tags[at] = carriedTag;
      this.#times[at] = carriedTime;
      if (empty) return false;
      if (cellTag === tag) return ((now - cellTime) & TIME_MASK) < FRESH_UNITS;
      carriedTag = cellTag;
      carriedTime = cellTime;
    }
    return false;
  }

  /** A SYN that is dropped was not seen: its retransmission is judged anew. */
  forget(syn: Syn): void {
    const { first, tag } = this.#identify(syn);
    const end = first + SYNS_PER_SET;
    let at = first;
    while (at < end && this.#tags[at] !== tag) at++;
    if (at === end) return;
    this.#tags.copyWithin(at, at + 1, end);
    this.#times.copyWithin(at, at + 1, end);
    this.#tags[end - 1] = 0;
    this.#times[end - 1] = 0;
  }

  /** The cells of a set as `struct syn_set` has them: tag << 24 | time. */
  cells(set: number): bigint[] {
    return Array.from({ length: SYNS_PER_SET }, (_, i) => {
      const at = set * SYNS_PER_SET + i;
      return (BigInt(this.#tags[at]!) << 24n) | BigInt(this.#times[at]!);
    });
  }
}
