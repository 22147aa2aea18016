import { hashToSet } from './keyed-hash.ts';
import { LineTable, tickOfUnit, unitsOf } from './line-table.ts';
import type { Rules } from './policy.ts';

/**
 * The program's table `singles`, rule by rule: sources that touched one port so far, in a cell of 8
 * bytes each instead of a slot of `sources`. A cell holds 24 bits of the source's hash, the port, and the time of the
 * touch, which is rounded down to 16.8 ms. A line's mark says when a source of it last was in `sources`.
 *
 * A source is named by its hash: the `upper` half of the sum chooses the line, `tag` are the 24 bits below it.
 */
export class Singles {
  readonly lines: number;
  readonly #table: LineTable;

  /** The answers of the last `keep`: a fresh cell of another source made room; a touch is to be carried to `sources`. */
  evicted = false;
  isCarried = false;
  carriedTick = 0;
  carriedPort = 0;

  constructor(lines: number) {
    this.#table = new LineTable(lines, 24);
    this.lines = lines;
  }

  /** The whole state. */
  get bytes(): Uint8Array {
    return this.#table.bytes;
  }

  /** The line of a source. */
  lineOf(upper: number): number {
    return hashToSet(upper, this.lines);
  }

  /** Whether a source of this line may be in `sources`: a hint that saves the look at a second table. */
  isMarked(line: number, tick: number, rules: Rules): boolean {
    const age = (unitsOf(tick) - this.#table.mark(line)) >>> 0;
    return age <= unitsOf(rules.windowTicks) + 1;
  }

  /** The tick of a cell's touch: where its unit begins; 0: never. */
  #tickOf(line: number, place: number, units: number): number {
    return tickOfUnit(Math.max(0, units - this.#table.age(line, place, units)));
  }

  #isFresh(touchTick: number, tick: number, rules: Rules): boolean {
    return touchTick > 0 && touchTick + rules.windowTicks > tick;
  }

  /**
   * One probe of a port. True when the source's one touch is remembered here; false when it belongs into `sources`:
   * because it is `known` there, because this is its second port, or because the threshold is 0.
   */
  keep(line: number, tag: number, port: number, tick: number, known: boolean, rules: Rules): boolean {
    const units = unitsOf(tick);
    const upper = (tag << 8) | (port >>> 8);
    const place = this.#table.find(line, upper, 0);
    const touchTick = place < 0 ? 0 : this.#tickOf(line, place, units);
    const isFresh = this.#isFresh(touchTick, tick, rules);
    const touchPort = place < 0 ? port : this.#table.lower16(line, place);
    const stays = !known && rules.threshold > 0 && !(isFresh && touchPort !== port);
    this.evicted = false;
    this.isCarried = isFresh && touchPort !== port;
    this.carriedTick = touchTick;
    this.carriedPort = touchPort;
    if (stays && isFresh) {
      this.#table.putInFront(line, place, upper, port & 0xff, units);
      return true;
    }
    if (place >= 0) this.#table.remove(line, place);
    if (stays) this.#add(line, upper, port, tick, rules);
    else this.#table.setMark(line, units);
    return stays;
  }

  #add(line: number, upper: number, port: number, tick: number, rules: Rules): void {
    const units = unitsOf(tick);
    const place = this.#table.placeToTake(line);
    this.evicted = !this.#table.isEmpty(line, place) && this.#isFresh(this.#tickOf(line, place, units), tick, rules);
    this.#table.putInFront(line, place, upper, port & 0xff, units);
  }

  /** The source goes into `sources` without a probe, by a merge: its touch is carried, whatever its age. */
  release(line: number, tag: number, nowTick: number): void {
    const units = unitsOf(nowTick);
    const place = this.#table.find(line, tag << 8, 0);
    this.carriedTick = place < 0 ? 0 : this.#tickOf(line, place, units);
    this.carriedPort = place < 0 ? 0 : this.#table.lower16(line, place);
    this.isCarried = this.carriedTick > 0;
    if (place >= 0) this.#table.remove(line, place);
    this.#table.setMark(line, units);
  }

  /** Removes the cell of a source; whether it had one. The mark stays. */
  forget(line: number, tag: number): boolean {
    const place = this.#table.find(line, tag << 8, 0);
    if (place >= 0) this.#table.remove(line, place);
    return place >= 0;
  }

  /** The cells of a line as `struct line` has them: tag << 40 | port << 24 | time. */
  cells(line: number): bigint[] {
    return this.#table.cells(line);
  }

  /** The mark of a line: the lower half of a time in units of 2^24 ns. */
  mark(line: number): number {
    return this.#table.mark(line);
  }
}
