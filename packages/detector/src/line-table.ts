import { assertInteger } from './assert.ts';
import { CELLS_PER_LINE, SETS_MAX } from './limits.ts';

/** Words of a line as `struct line` has them: the lock, the mark, and two for each cell, the lower one first. */
const LINE_WORDS = 16;
const MARK = 1;
const FIRST_CELL = 2;
const CELL_WORDS = 2;
const TIME_MASK = 0xffffff;
/** The clocks of two CPUs may be apart a little, by the edge of a unit. */
const CLOCKS_APART_UNITS = 255;
/** Ticks (2^10 ns) of a cell's unit of time (2^24 ns). */
const UNIT_TICKS = 2 ** 14;

/** Units of 2^24 ns of a time, or a span, in ticks. */
export function unitsOf(ticks: number): number {
  return Math.floor(ticks / UNIT_TICKS);
}

/** The tick in which a unit begins. */
export function tickOfUnit(unit: number): number {
  return unit * UNIT_TICKS;
}

/**
 * What `syns` and `singles` have in common (bpf/lines.bpf.h): lines of seven cells in order of use, the last used
 * first, and a mark. A cell is 40 bits of content, here their `upper` 32 and `lower` 8, and a time in units of 2^24 ns,
 * modulo 2^24 (78 hours); all zero is empty. A line takes one cache line of 64 bytes.
 */
export class LineTable {
  readonly lines: number;
  readonly #words: Uint32Array;
  readonly #upperMask: number;
  readonly #lowerMask: number;

  /** @param keyBits how many bits of the content, from the highest on, tell whose cell it is: 24 or 40 */
  constructor(lines: number, keyBits: 24 | 40) {
    assertInteger('number of lines', lines, 1, SETS_MAX);
    this.lines = lines;
    this.#words = new Uint32Array(lines * LINE_WORDS);
    this.#upperMask = keyBits === 24 ? 0xffffff00 : 0xffffffff;
    this.#lowerMask = keyBits === 24 ? 0 : 0xff000000;
  }

  /** The whole state. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#words.buffer);
  }

  #at(line: number, place: number): number {
    return line * LINE_WORDS + FIRST_CELL + place * CELL_WORDS;
  }

  isEmpty(line: number, place: number): boolean {
    const at = this.#at(line, place);
    return (this.#words[at]! | this.#words[at + 1]!) === 0;
  }

  /** The place of the first cell with this key, or -1. Bits of the content that are no key do not matter. */
  find(line: number, upper: number, lower: number): number {
    const words = this.#words;
    for (let place = 0; place < CELLS_PER_LINE && !this.isEmpty(line, place); place++) {
      const at = this.#at(line, place);
      const isOther = ((words[at]! ^ (lower << 24)) & this.#lowerMask) | ((words[at + 1]! ^ upper) & this.#upperMask);
      if (isOther === 0) return place;
    }
    return -1;
  }

  /** The place that the next new cell takes: the first empty one, else the last. */
  placeToTake(line: number): number {
    let place = 0;
    while (place < CELLS_PER_LINE - 1 && !this.isEmpty(line, place)) place++;
    return place;
  }

  /** The lower 16 bits of a cell's content. */
  lower16(line: number, place: number): number {
    const at = this.#at(line, place);
    return ((this.#words[at + 1]! & 0xff) << 8) | (this.#words[at]! >>> 24);
  }

  /** Units from a cell's time to this one, modulo 2^24. A little in the future, by another CPU's clock, is now. */
  age(line: number, place: number, nowUnits: number): number {
    const age = (nowUnits - this.#words[this.#at(line, place)]!) & TIME_MASK;
    return age <= TIME_MASK - CLOCKS_APART_UNITS ? age : 0;
  }

  /** Puts a cell in front. Those before `place` move down by one, onto what stood there. */
  putInFront(line: number, place: number, upper: number, lower: number, nowUnits: number): void {
    const words = this.#words;
    const first = this.#at(line, 0);
    // No copyWithin: for so few words the call costs more than the copy.
    for (let at = this.#at(line, place) + 1; at > first + 1; at--) words[at] = words[at - CELL_WORDS]!;
    words[first] = (lower << 24) | (nowUnits & TIME_MASK);
    words[first + 1] = upper;
  }

  /** Removes a cell; those behind it move up. */
  remove(line: number, place: number): void {
    const words = this.#words;
    const end = this.#at(line, CELLS_PER_LINE);
    for (let at = this.#at(line, place); at < end; at++)
      words[at] = at + CELL_WORDS < end ? words[at + CELL_WORDS]! : 0;
  }

  mark(line: number): number {
    return this.#words[line * LINE_WORDS + MARK]!;
  }

  /** Of the mark the lower 32 bits are kept. */
  setMark(line: number, mark: number): void {
    this.#words[line * LINE_WORDS + MARK] = mark;
  }

  /** The cells of a line as `struct line` has them: content << 24 | time. */
  cells(line: number): bigint[] {
    return Array.from({ length: CELLS_PER_LINE }, (_, place) => {
      const at = this.#at(line, place);
      return (BigInt(this.#words[at + 1]!) << 32n) | BigInt(this.#words[at]!);
    });
  }
}
