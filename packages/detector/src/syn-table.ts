import { copyAddress } from './address.ts';
import { assertInteger } from './assert.ts';
import { hashToSet, KeyedHash } from './keyed-hash.ts';
import { RETRANSMISSION_NS, SYN_KEYS } from './limits.ts';
import { LineTable, unitsOf } from './line-table.ts';
import { ticksOf } from './policy.ts';

const FRESH_UNITS = unitsOf(ticksOf(RETRANSMISSION_NS));
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
  /** Lines of seven cells. */
  readonly sets: number;
  /** Words 5 to 26 of the program's `secret`. */
  readonly keys: readonly bigint[];
}

/** The place of a SYN, and what its cell says. */
interface Identity {
  readonly line: number;
  readonly upper: number;
  readonly lower: number;
}

/** The program's table `syns`, rule by rule (bpf/syns.bpf.h): which SYNs were seen within 64 s, by a tag of 40 bits. */
export class SynTable {
  readonly sets: number;
  readonly #where: KeyedHash;
  readonly #what: KeyedHash;
  readonly #table: LineTable;
  readonly #key = new Uint8Array(KEY_BYTES);
  readonly #view = new DataView(this.#key.buffer);

  /** Whether the last `seen` made room by forgetting another SYN within its 64 s. */
  evicted = false;

  constructor(options: SynTableOptions) {
    assertInteger('number of keys', options.keys.length, 2 * SYN_KEYS, 2 * SYN_KEYS);
    this.sets = options.sets;
    this.#where = new KeyedHash(options.keys.slice(0, SYN_KEYS));
    this.#what = new KeyedHash(options.keys.slice(SYN_KEYS));
    this.#table = new LineTable(options.sets, 40);
  }

  #identify(syn: Syn): Identity {
    copyAddress(syn.source, 0, this.#key, 0);
    copyAddress(syn.destination, 0, this.#key, 16);
    this.#view.setUint16(32, syn.sourcePort);
    this.#view.setUint16(34, syn.destinationPort);
    this.#view.setUint32(36, syn.sequence);
    const where = this.#where.hash(this.#key, 0);
    return { line: hashToSet(where, this.sets), upper: this.#what.hash(this.#key, 0), lower: where & 0xff };
  }

  /** Remembers the SYN; true when it was seen before, within 64 s. */
  seen(syn: Syn, timeNs: bigint): boolean {
    const { line, upper, lower } = this.#identify(syn);
    const now = unitsOf(ticksOf(timeNs));
    const known = this.#table.find(line, upper, lower);
    const place = known >= 0 ? known : this.#table.placeToTake(line);
    const isFresh = !this.#table.isEmpty(line, place) && this.#table.age(line, place, now) < FRESH_UNITS;
    this.#table.putInFront(line, place, upper, lower, now);
    this.evicted = known < 0 && isFresh;
    return known >= 0 && isFresh;
  }

  /** Whether the SYN was seen within 64 s; nothing is remembered. */
  knows(syn: Syn, timeNs: bigint): boolean {
    const { line, upper, lower } = this.#identify(syn);
    const place = this.#table.find(line, upper, lower);
    return place >= 0 && this.#table.age(line, place, unitsOf(ticksOf(timeNs))) < FRESH_UNITS;
  }

  /** A SYN that is dropped was not seen: its retransmission is judged anew. */
  forget(syn: Syn): void {
    const { line, upper, lower } = this.#identify(syn);
    const place = this.#table.find(line, upper, lower);
    if (place >= 0) this.#table.remove(line, place);
  }

  /** The cells of a set as `struct line` has them: tag << 24 | time. */
  cells(set: number): bigint[] {
    return this.#table.cells(set);
  }
}
