import { ADDRESS_BYTES, isUnspecified } from './address.ts';
import { assertInteger } from './assert.ts';
import { KeyedHash } from './keyed-hash.ts';
import { TICK_NS, WINDOW_LIMIT_MAX } from './limits.ts';
import { compilePolicy, type Policy, type Rules } from './policy.ts';
import { sourceInto } from './source-of.ts';
import { FOR_EVER, TouchRows } from './touch-rows.ts';

/** More than so many distinct items within a window. */
export interface WindowLimit {
  /** Whole seconds. */
  readonly windowS: number;
  /** 1 to {@link WINDOW_LIMIT_MAX}. */
  readonly limit: number;
}

export interface DistinctOptions {
  /** Sources with up to four items, 36 bytes each. */
  readonly maxSources: number;
  /** Sources with more; default one in 32 of `maxSources`, at least 1,024. */
  readonly maxBusySources?: number;
  /** In any order. */
  readonly windows: readonly WindowLimit[];
  /** Five random 64-bit keys. */
  readonly sourceKeys: readonly bigint[];
  readonly policy: Policy;
}

const FEW_TOUCHES = 4;
const BUSY_OF_WHICH_ONE = 32;
const BUSY_LEAST = 1_024;

/** Seconds from 1 on: 0 is no time. */
export const secondsOf = (ticks: number): number => Math.floor((ticks * TICK_NS) / 1e9) + 1;

/** Touches of a row that holds one more than any window allows. */
const touchesFor = (windows: readonly WindowLimit[]): number =>
  Math.max(FEW_TOUCHES, ...windows.map(({ limit }) => limit)) + 1;

/**
 * How many distinct items, numbers of 16 bits, did a source touch in the last ten minutes, the last hour, the last day? Each item
 * is remembered with the second of its last touch, in order of use, so that "touch number `limit` is within the window" is
 * the whole test, for each window.
 *
 * Memory is bounded: a source with up to four items has a row of 36 bytes, one with more a row for as many as the largest
 * limit asks for. What was quiet longest of four is forgotten for a new one. It has no clock, and makes no garbage.
 */
export class Distinct {
  #windows: readonly WindowLimit[] = [];
  #longestS = 0;
  readonly #few: TouchRows;
  #busy: TouchRows;
  readonly #hash: KeyedHash;
  #rules: Rules;
  /** The source of the last touch, masked, and how much of it that is. */
  readonly source = new Uint8Array(ADDRESS_BYTES);
  sourceBits = 128;
  /** Where its row is. */
  #rows: TouchRows;
  #row = 0;

  constructor({ windows, maxSources, maxBusySources, sourceKeys, policy }: DistinctOptions) {
    this.#few = new TouchRows(maxSources, FEW_TOUCHES);
    this.#busy = new TouchRows(
      maxBusySources ?? Math.max(BUSY_LEAST, Math.ceil(maxSources / BUSY_OF_WHICH_ONE)),
      touchesFor(windows),
    );
    this.#rows = this.#few;
    this.setWindows(windows);
    this.#hash = new KeyedHash(sourceKeys);
    this.#rules = compilePolicy(policy);
  }

  /**
   * The source of the 16 bytes at `offset` touches an item, at a time in ticks of 1,024 ns. Returns the shortest window whose limit it
   * is over, unless that is dealt with already.
   */
  touch(bytes: Uint8Array, offset: number, item: number, timeTicks: number): WindowLimit | undefined {
    if (this.#windows.length === 0 || isUnspecified(bytes, offset)) return undefined;
    this.#select(bytes, offset);
    if (isUnspecified(this.source, 0)) return undefined;
    this.#touch(item, secondsOf(timeTicks));
    if (this.#rows.until(this.#row) >= this.#rows.newest(this.#row)) return undefined;
    for (const window of this.#windows) if (this.#isOver(window)) return window;
    return undefined;
  }

  /** What the source of the last touch touched within the window, and was not dealt with, ascending. */
  items(windowS: number): number[] {
    const first = this.#firstOf(windowS);
    const items: number[] = [];
    for (let i = 0; i < this.#rows.touches && this.#rows.time(this.#row, i) >= first; i++)
      items.push(this.#rows.port(this.#row, i));
    return items.sort((a, b) => a - b);
  }

  /** The source of the last touch is reported: it is news again after the window, or when `settle` says. */
  reported(windowS: number): void {
    this.#rows.setUntil(this.#row, this.#rows.newest(this.#row) + windowS);
  }

  /** The block of a source ends then; 0n: never. What it touched up to then is void afterwards. */
  settle(source: Uint8Array, untilNs: bigint): void {
    this.#each(source, (rows, row) => {
      rows.setUntil(row, untilNs === 0n ? FOR_EVER : Math.min(FOR_EVER - 1, Number(untilNs / 1_000_000_000n) + 1));
    });
  }

  /** Forgets what a source did; whether there was anything. */
  forget(source: Uint8Array): boolean {
    return this.#each(source, (rows, row) => {
      rows.clear(row);
    });
  }

  setPolicy(policy: Policy): void {
    this.#rules = compilePolicy(policy);
  }

  /** From now on these windows, in any order. What is remembered stays. */
  setWindows(windows: readonly WindowLimit[]): void {
    for (const { windowS, limit } of windows) {
      assertInteger('limit of a window', limit, 1, WINDOW_LIMIT_MAX);
      assertInteger('seconds of a window', windowS, 1, 2 ** 31);
    }
    this.#windows = [...windows].sort((a, b) => a.windowS - b.windowS);
    this.#longestS = Math.max(0, ...windows.map(({ windowS }) => windowS));
    const touches = touchesFor(windows);
    if (touches > this.#busy.touches) this.#busy = this.#busy.widened(touches);
  }

  #select(bytes: Uint8Array, offset: number): void {
    this.sourceBits = sourceInto(bytes, offset, this.#rules, this.source);
    this.#hash.take(this.source, 0);
  }

  #touch(item: number, time: number): void {
    const horizon = Math.max(0, time - this.#longestS);
    this.#seat(item, horizon);
    this.#rows.touch(this.#row, item, time, horizon);
  }

  /** Finds the row that the source has from now on. */
  #seat(item: number, horizon: number): void {
    const { upper, tag } = this.#hash;
    const busy = this.#busy.find(upper, tag);
    const known = busy >= 0 ? -1 : this.#few.find(upper, tag);
    const few = busy >= 0 ? -1 : known >= 0 ? known : this.#few.seat(upper, tag);
    const isFew = few >= 0 && !this.#few.isFull(few, item, horizon);
    this.#rows = isFew ? this.#few : this.#busy;
    this.#row = isFew ? few : busy >= 0 ? busy : this.#promote(few);
  }

  #promote(few: number): number {
    const seat = this.#busy.seat(this.#hash.upper, this.#hash.tag);
    this.#busy.copy(seat, this.#few, few);
    this.#few.clear(few);
    return seat;
  }

  #isOver({ windowS, limit }: WindowLimit): boolean {
    return limit < this.#rows.touches && this.#rows.time(this.#row, limit) >= this.#firstOf(windowS);
  }

  /** The first second that counts: within the window, and after what is dealt with already. */
  #firstOf(windowS: number): number {
    return Math.max(1, this.#rows.newest(this.#row) - windowS + 1, this.#rows.until(this.#row) + 1);
  }

  #each(source: Uint8Array, act: (rows: TouchRows, row: number) => void): boolean {
    this.#hash.take(source, 0);
    let found = false;
    for (const rows of [this.#few, this.#busy]) {
      const row = rows.find(this.#hash.upper, this.#hash.tag);
      if (row < 0) continue;
      act(rows, row);
      found = true;
    }
    return found;
  }
}
