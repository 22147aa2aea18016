import { assertInteger } from './assert.ts';
import { hashToSet } from './keyed-hash.ts';
import { SOURCES_PER_SET } from './limits.ts';

/** All ones: for ever. */
export const FOR_EVER = 0xffffffff;

/**
 * Rows of touches in sets of four, the row that was quiet longest evicted. A row knows its source by 56 bits of a keyed
 * hash; its touches stand in order of use, the last first: a port and the time of its last touch, in whole seconds from 1 on.
 */
export class TouchRows {
  readonly rows: number;
  /** Touches of one row. */
  readonly touches: number;
  readonly #sets: number;
  readonly #upper: Uint32Array;
  readonly #tag: Uint32Array;
  /** Until when what was found is dealt with; touches up to then are void afterwards. */
  readonly #until: Uint32Array;
  readonly #ports: Uint16Array;
  readonly #times: Uint32Array;

  /** @param rows rounded up to whole sets */
  constructor(rows: number, touches: number) {
    assertInteger('rows', rows, 1, 2 ** 26);
    this.#sets = Math.ceil(rows / SOURCES_PER_SET);
    this.rows = this.#sets * SOURCES_PER_SET;
    this.touches = touches;
    this.#upper = new Uint32Array(this.rows);
    this.#tag = new Uint32Array(this.rows);
    this.#until = new Uint32Array(this.rows);
    this.#ports = new Uint16Array(this.rows * touches);
    this.#times = new Uint32Array(this.rows * touches);
  }

  /** The row of a source, or -1. */
  find(upper: number, tag: number): number {
    const first = hashToSet(upper, this.#sets) * SOURCES_PER_SET;
    for (let row = first; row < first + SOURCES_PER_SET; row++) {
      if (this.#upper[row] === upper && this.#tag[row] === tag && this.newest(row) > 0) return row;
    }
    return -1;
  }

  /** An empty row for a source that has none: a free one, else that of the source that was quiet longest. */
  seat(upper: number, tag: number): number {
    const first = hashToSet(upper, this.#sets) * SOURCES_PER_SET;
    let row = first;
    for (let other = first + 1; other < first + SOURCES_PER_SET; other++) {
      if (this.newest(other) < this.newest(row)) row = other;
    }
    this.clear(row);
    this.#upper[row] = upper;
    this.#tag[row] = tag;
    return row;
  }

  clear(row: number): void {
    this.#times.fill(0, row * this.touches, (row + 1) * this.touches);
    this.#until[row] = 0;
  }

  /** The time of the last touch; 0: the row is empty. */
  newest(row: number): number {
    return this.#times[row * this.touches]!;
  }

  until(row: number): number {
    return this.#until[row]!;
  }

  setUntil(row: number, time: number): void {
    this.#until[row] = time;
  }

  /** The time of touch number `index`; 0: there is none. */
  time(row: number, index: number): number {
    return this.#times[row * this.touches + index]!;
  }

  port(row: number, index: number): number {
    return this.#ports[row * this.touches + index]!;
  }

  /** Whether a touch of another port than those after `horizon` would push one of these out. */
  isFull(row: number, port: number, horizon: number): boolean {
    for (let i = 0; i < this.touches; i++) {
      if (this.time(row, i) <= horizon || this.port(row, i) === port) return false;
    }
    return true;
  }

  /** Puts a port in front; touches up to `horizon` are forgotten. Times never go back within a row. */
  touch(row: number, port: number, time: number, horizon: number): void {
    const first = row * this.touches;
    let carriedPort = port;
    let carriedTime = Math.max(time, this.newest(row));
    for (let at = first; at < first + this.touches; at++) {
      const [oldPort, oldTime] = [this.#ports[at]!, this.#times[at]!];
      this.#ports[at] = carriedPort;
      this.#times[at] = carriedTime;
      if (oldTime <= horizon) {
        this.#times.fill(0, at + 1, first + this.touches);
        return;
      }
      if (oldPort === port) return;
      carriedPort = oldPort;
      carriedTime = oldTime;
    }
  }

  /** The same rows with room for more touches. */
  widened(touches: number): TouchRows {
    const wide = new TouchRows(this.rows, touches);
    wide.#upper.set(this.#upper);
    wide.#tag.set(this.#tag);
    for (let row = 0; row < this.rows; row++) wide.copy(row, this, row);
    return wide;
  }

  /** Takes over what a row of another table says. */
  copy(row: number, from: TouchRows, fromRow: number): void {
    for (let i = 0; i < from.touches; i++) {
      this.#ports[row * this.touches + i] = from.port(fromRow, i);
      this.#times[row * this.touches + i] = from.time(fromRow, i);
    }
    this.#until[row] = from.until(fromRow);
  }
}
