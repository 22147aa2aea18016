import { hashToSet } from './keyed-hash.ts';
import { CELLS_PER_LINE } from './limits.ts';
import { LineTable, tickOfUnit, unitsOf } from './line-table.ts';
import { Moment } from './moment.ts';
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
  carriedPort = 0;
  readonly carriedTime = new Moment();

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
  isMarked(line: number, now: Moment, rules: Rules): boolean {
    const age = (unitsOf(now.tick) - this.#table.mark(line)) | 0;
    return age <= unitsOf(rules.windowTicks) + 1;
  }

  /** Sets `carriedTime` to the touch of a cell, where its unit begins; whether that is within the window. */
  #isFresh(line: number, place: number, now: Moment, rules: Rules): boolean {
    const units = unitsOf(now.tick);
    const touchTick = tickOfUnit(Math.max(0, units - this.#table.age(line, place, units)));
    this.carriedTime.tick = touchTick;
    return touchTick > 0 && touchTick + rules.windowTicks > now.tick;
  }

  /**
   * One probe of a port. True when the source's one touch is remembered here; false when it belongs into `sources`:
   * because it is `known` there, because this is its second port, or because the policy has no singles.
   */
  keep(line: number, tag: number, port: number, now: Moment, known: boolean, rules: Rules): boolean {
    const upper = (tag << 8) | (port >>> 8);
    const place = this.#table.find(line, upper, 0);
    const isFresh = place >= 0 && this.#isFresh(line, place, now, rules);
    this.evicted = false;
    this.carriedPort = isFresh ? this.#table.lower16(line, place) : port;
    this.isCarried = this.carriedPort !== port;
    const stays = !known && rules.hasSingles && !this.isCarried;
    if (stays && isFresh) this.#table.putInFront(line, place, upper, port & 0xff, unitsOf(now.tick));
    else if (place >= 0) this.#table.remove(line, place);
    if (stays && !isFresh) this.#add(line, upper, port, now, rules);
    if (!stays) this.#table.setMark(line, unitsOf(now.tick));
    return stays;
  }

  #add(line: number, upper: number, port: number, now: Moment, rules: Rules): void {
    const place = this.#table.placeToTake(line);
    this.evicted = !this.#table.isEmpty(line, place) && this.#isFresh(line, place, now, rules);
    this.#table.putInFront(line, place, upper, port & 0xff, unitsOf(now.tick));
  }

  /** The source goes into `sources` without a probe, by a merge: its touch is carried, whatever its age. */
  release(line: number, tag: number, now: Moment, rules: Rules): void {
    const place = this.#table.find(line, tag << 8, 0);
    this.isCarried = false;
    this.#table.setMark(line, unitsOf(now.tick));
    if (place < 0) return;
    this.#isFresh(line, place, now, rules);
    this.isCarried = this.carriedTime.tick > 0;
    this.carriedPort = this.#table.lower16(line, place);
    this.#table.remove(line, place);
  }

  /** Removes the cell of a source; whether it had one. The mark stays. */
  forget(line: number, tag: number): boolean {
    const place = this.#table.find(line, tag << 8, 0);
    if (place >= 0) this.#table.remove(line, place);
    return place >= 0;
  }

  /**
   * What user mode does now and then, and the program does not: empties the cells whose touch is no longer within the
   * window, which else would be young again after 78 hours. Returns how many are left.
   */
  sweep(now: Moment, rules: Rules): number {
    let live = 0;
    for (let line = 0; line < this.lines; line++) {
      for (let place = CELLS_PER_LINE - 1; place >= 0; place--) {
        if (this.#table.isEmpty(line, place)) continue;
        if (this.#isFresh(line, place, now, rules)) live++;
        else this.#table.remove(line, place);
      }
    }
    return live;
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
