import { ADDRESS_BYTES } from './address.ts';
import { SOURCES_PER_SET } from './limits.ts';
import type { Moment } from './moment.ts';

/**
 * The words of a row; of two words the lower one comes first. What each probe needs stands in front: with it the last
 * four touches are in one cache line. Behind the touches stand the destination and the last time over the threshold.
 */
export const SOURCE = 0;
export const UNTIL = 4;
export const CONNECTIONS = 6;
export const PORTS = 7;
export const TOUCHES = 8;
export const TOUCH_WORDS = 2;

const ADDRESS_WORDS = 4;
const TIME_WORDS = 2;
/** Of a slot: 24 bits of its source's hash, and the number of its row, from 1 on; 0: the slot is empty. */
const INDEX_WORDS = 2;
const LINE_WORDS = 16;
const FOR_EVER = 0xffffffff;
/** Ticks (2^10 ns) of the upper word of a time in nanoseconds. */
const UPPER_TICKS = 2 ** 22;

/** Words of a row, rounded up to whole cache lines. */
function rowWords(portsMax: number): number {
  const words = TOUCHES + TOUCH_WORDS * portsMax + ADDRESS_WORDS + TIME_WORDS;
  return Math.ceil(words / LINE_WORDS) * LINE_WORDS;
}

/** Bytes that a table of so many slots takes when all are in use. Less is resident before: a row when it is needed. */
export function tableBytes(slots: number, portsMax: number): number {
  return 4 * slots * (INDEX_WORDS + rowWords(portsMax));
}

/**
 * The state of a table of sources in one buffer, so that two states are equal when their bytes are. First an index of
 * the slots, half a cache line a set; then a row for each source that has a slot, one after the other in the order of
 * use, so that memory which no source needs is never touched, and the fields of one source are neighbours.
 */
export class SourceRows {
  readonly bytes: Uint8Array;
  /** All rows; the first word of a slot's is `at(slot)`. */
  readonly words: Uint32Array;
  /** Where in a row what no probe reads begins. */
  readonly destination: number;
  readonly over: number;
  readonly #index: Uint32Array;
  readonly #rowWords: number;
  /** Rows that were used before and are not now: as many of the first as `#freeCount` says. */
  readonly #free: Uint32Array;
  #freeCount = 0;
  /** Rows that were ever used. */
  #used = 0;

  constructor(slots: number, portsMax: number) {
    this.#rowWords = rowWords(portsMax);
    this.destination = TOUCHES + TOUCH_WORDS * portsMax;
    this.over = this.destination + ADDRESS_WORDS;
    const buffer = new ArrayBuffer(tableBytes(slots, portsMax));
    // The rows first: they are whole cache lines.
    this.words = new Uint32Array(buffer, 0, slots * this.#rowWords);
    this.#index = new Uint32Array(buffer, this.words.byteLength, slots * INDEX_WORDS);
    this.#free = new Uint32Array(slots);
    this.bytes = new Uint8Array(buffer);
  }

  isEmpty(slot: number): boolean {
    return this.#index[slot * INDEX_WORDS + 1] === 0;
  }

  /** Where the row of a slot begins. The slot must not be empty. */
  at(slot: number): number {
    return (this.#index[slot * INDEX_WORDS + 1]! - 1) * this.#rowWords;
  }

  /** The slot of a source among those of a set, or -1. */
  find(firstSlot: number, source: Uint32Array, tag: number): number {
    for (let slot = firstSlot; slot < firstSlot + SOURCES_PER_SET; slot++) {
      if (this.#index[slot * INDEX_WORDS] === tag && !this.isEmpty(slot) && this.#isOf(slot, source)) return slot;
    }
    return -1;
  }

  #isOf(slot: number, source: Uint32Array): boolean {
    const at = this.at(slot) + SOURCE;
    const { words } = this;
    return (
      words[at + 3] === source[3] &&
      words[at + 2] === source[2] &&
      words[at + 1] === source[1] &&
      words[at] === source[0]
    );
  }

  /** Gives a slot to a source: all zero but for its address. */
  take(slot: number, source: Uint32Array, tag: number): void {
    if (this.isEmpty(slot)) {
      const row = this.#freeCount > 0 ? this.#free[--this.#freeCount]! : ++this.#used;
      this.#index[slot * INDEX_WORDS + 1] = row;
    } else this.#clear(slot);
    this.#index[slot * INDEX_WORDS] = tag;
    const at = this.at(slot) + SOURCE;
    for (let i = 0; i < ADDRESS_WORDS; i++) this.words[at + i] = source[i]!;
  }

  /** Empties a slot; its row is free for another. */
  empty(slot: number): void {
    if (this.isEmpty(slot)) return;
    this.#clear(slot);
    this.#free[this.#freeCount++] = this.#index[slot * INDEX_WORDS + 1]!;
    this.#index[slot * INDEX_WORDS] = 0;
    this.#index[slot * INDEX_WORDS + 1] = 0;
  }

  #clear(slot: number): void {
    const at = this.at(slot);
    this.words.fill(0, at, at + this.#rowWords);
  }

  /** The 16 bytes of an address in a row. */
  address(at: number): Uint8Array {
    const view = new DataView(new ArrayBuffer(ADDRESS_BYTES));
    for (let i = 0; i < ADDRESS_WORDS; i++) view.setUint32(4 * i, this.words[at + i]!);
    return new Uint8Array(view.buffer);
  }

  setAddress(at: number, bytes: Uint8Array, offset: number): void {
    for (let i = 0; i < ADDRESS_WORDS; i++) {
      const from = offset + 4 * i;
      this.words[at + i] = (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!;
    }
  }

  /** The tick of a time in nanoseconds; Infinity: for ever. */
  tick(at: number): number {
    const upper = this.words[at + 1]!;
    return upper === FOR_EVER ? Infinity : upper * UPPER_TICKS + (this.words[at]! >>> 10);
  }

  /** Whether two words, a time or a touch, are there: not all zero. */
  isSet(at: number): boolean {
    return (this.words[at]! | this.words[at + 1]!) !== 0;
  }

  /** Whether a time in nanoseconds has come. Word by word: no number that V8 would box. */
  isTimeOver(at: number, now: Moment): boolean {
    const upper = this.words[at + 1]!;
    const nowUpper = Math.floor(now.tick / UPPER_TICKS);
    const nowLower = ((now.tick << 10) | now.sub) >>> 0;
    return upper < nowUpper || (upper === nowUpper && this.words[at]! <= nowLower);
  }

  /** The nanoseconds of a time that its tick leaves over. */
  sub(at: number): number {
    return this.words[at]! & 0x3ff;
  }

  setTime(at: number, tick: number, sub: number): void {
    const isForEver = tick === Infinity;
    this.words[at] = isForEver ? FOR_EVER : (tick << 10) | sub;
    this.words[at + 1] = isForEver ? FOR_EVER : Math.floor(tick / UPPER_TICKS);
  }

  /** The tick of a touch; with port 0 and tick 0 there is none. */
  touchTick(at: number): number {
    return this.words[at + 1]! * 65_536 + (this.words[at]! >>> 16);
  }

  /** Whether one touch has an earlier tick than another. */
  isOlder(at: number, other: number): boolean {
    const [upper, otherUpper] = [this.words[at + 1]!, this.words[other + 1]!];
    return upper < otherUpper || (upper === otherUpper && this.words[at]! >>> 16 < this.words[other]! >>> 16);
  }

  touchPort(at: number): number {
    return this.words[at]! & 0xffff;
  }

  setTouch(at: number, tick: number, port: number): void {
    this.words[at] = (tick << 16) | port;
    this.words[at + 1] = Math.floor(tick / 65_536);
  }
}
