import { ADDRESS_BYTES, isUnspecified } from './address.ts';
import { assertInteger } from './assert.ts';
import { KeyedHash } from './keyed-hash.ts';
import { SCANS_MAX, TICK_NS, WINDOW_LIMIT_MAX } from './limits.ts';
import { compilePolicy, type Policy, type Rules } from './policy.ts';
import type { Scan } from './scan.ts';
import { sourceInto } from './source-of.ts';
import { FOR_EVER, TouchRows } from './touch-rows.ts';

/** More than so many distinct ports within a window are a slow scan. */
export interface WindowLimit {
  /** Whole seconds. */
  readonly windowS: number;
  /** 1 to {@link WINDOW_LIMIT_MAX}. */
  readonly limit: number;
}

/** A source that touched more than `limit` distinct ports within `windowS`. */
export interface SlowScan extends Scan, WindowLimit {}

export interface SlowScansOptions {
  /** Sources with up to four ports, 36 bytes each. */
  readonly maxSources: number;
  /** Sources with more; default one in 32 of `maxSources`, at least 1,024. */
  readonly maxBusySources?: number;
  /** Scans that wait to be taken; default 65,536. While all wait, a source over a limit is asked again at its next probe. */
  readonly scansMax?: number;
  /** In any order. */
  readonly windows: readonly WindowLimit[];
  /** Five random 64-bit keys. */
  readonly sourceKeys: readonly bigint[];
  readonly policy: Policy;
  /** Whether the address of 16 bytes at `offset` is allowed. Asked only of a source over a limit. */
  readonly allowed: (bytes: Uint8Array, offset: number) => boolean;
}

const FEW_TOUCHES = 4;
const BUSY_OF_WHICH_ONE = 32;
const BUSY_LEAST = 1_024;

/** Seconds from 1 on: 0 is no time. */
const secondsOf = (ticks: number): number => Math.floor((ticks * TICK_NS) / 1e9) + 1;

/**
 * Windows that are longer than the program remembers: how many distinct ports did a source touch in the last ten minutes, the
 * last hour, the last day? Each port is remembered with the second of its last touch, in order of use, so that "touch number
 * `limit` is within the window" is the whole test, for each window.
 *
 * Memory is bounded: a source with up to four ports has a row of 36 bytes, one with more a row for as many as the largest
 * limit asks for. What was quiet longest of four is forgotten for a new one. It has no clock; nothing but a report makes garbage.
 */
export class SlowScans {
  readonly #windows: readonly WindowLimit[];
  readonly #longestS: number;
  readonly #few: TouchRows;
  readonly #busy: TouchRows;
  readonly #hash: KeyedHash;
  readonly #allowed: SlowScansOptions['allowed'];
  readonly #scansMax: number;
  readonly #key = new Uint8Array(ADDRESS_BYTES);
  #rules: Rules;
  #pending: SlowScan[] = [];

  constructor(options: SlowScansOptions) {
    const { windows, maxSources, scansMax = SCANS_MAX } = options;
    const { maxBusySources = Math.max(BUSY_LEAST, Math.ceil(maxSources / BUSY_OF_WHICH_ONE)) } = options;
    for (const { windowS, limit } of windows) {
      assertInteger('limit of a window', limit, 1, WINDOW_LIMIT_MAX);
      assertInteger('seconds of a window', windowS, 1, 2 ** 31);
    }
    this.#windows = [...windows].sort((a, b) => a.windowS - b.windowS);
    this.#longestS = Math.max(0, ...windows.map(({ windowS }) => windowS));
    const touches = Math.max(FEW_TOUCHES, ...windows.map(({ limit }) => limit)) + 1;
    this.#few = new TouchRows(maxSources, FEW_TOUCHES);
    this.#busy = new TouchRows(maxBusySources, touches);
    this.#hash = new KeyedHash(options.sourceKeys);
    this.#allowed = options.allowed;
    this.#scansMax = scansMax;
    this.#rules = compilePolicy(options.policy);
  }

  /** A probe of a port, at a time in ticks of 1,024 ns; source and destination are the 16 bytes at these offsets. */
  probe(bytes: Uint8Array, sourceOffset: number, destinationOffset: number, port: number, timeTicks: number): void {
    if (this.#windows.length === 0 || isUnspecified(bytes, sourceOffset)) return;
    const sourceBits = this.#select(bytes, sourceOffset);
    if (isUnspecified(this.#key, 0)) return;
    const time = secondsOf(timeTicks);
    const rows = this.#touch(port, time);
    const row = rows.find(this.#hash.upper, this.#hash.tag);
    const now = rows.newest(row);
    if (rows.until(row) >= now) return;
    for (const window of this.#windows) {
      if (!isOver(rows, row, window)) continue;
      this.#report({ ...window, timeTicks, sourceBits, rows, row, bytes, sourceOffset, destinationOffset });
      return;
    }
  }

  /** The scans since the last call, the oldest first. Each source is reported again only after its block or window. */
  takeScans(): SlowScan[] {
    return this.#pending.splice(0);
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

  #select(bytes: Uint8Array, offset: number): number {
    const bits = sourceInto(bytes, offset, this.#rules, this.#key);
    this.#hash.take(this.#key, 0);
    return bits;
  }

  /** Where the row is that the source has afterwards. */
  #touch(port: number, time: number): TouchRows {
    const { upper, tag } = this.#hash;
    const horizon = Math.max(0, time - this.#longestS);
    const busy = this.#busy.find(upper, tag);
    if (busy >= 0) {
      this.#busy.touch(busy, port, time, horizon);
      return this.#busy;
    }
    const known = this.#few.find(upper, tag);
    const few = known >= 0 ? known : this.#few.seat(upper, tag);
    if (!this.#few.isFull(few, port, horizon)) {
      this.#few.touch(few, port, time, horizon);
      return this.#few;
    }
    const seat = this.#busy.seat(upper, tag);
    this.#busy.copy(seat, this.#few, few);
    this.#few.clear(few);
    this.#busy.touch(seat, port, time, horizon);
    return this.#busy;
  }

  #report(found: Found): void {
    const { rows, row, windowS, limit, timeTicks, sourceBits, bytes, sourceOffset, destinationOffset } = found;
    if (this.#pending.length >= this.#scansMax || this.#allowed(bytes, sourceOffset)) return;
    const now = rows.newest(row);
    this.#pending.push({
      timeTicks,
      windowS,
      limit,
      source: this.#key.slice(),
      sourceBits,
      address: bytes.slice(sourceOffset, sourceOffset + ADDRESS_BYTES),
      destination: bytes.slice(destinationOffset, destinationOffset + ADDRESS_BYTES),
      ports: portsWithin(rows, row, windowS),
    });
    // Whoever blocks says until when; else it is news again after the window.
    rows.setUntil(row, now + windowS);
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

interface Found extends WindowLimit {
  readonly rows: TouchRows;
  readonly row: number;
  readonly timeTicks: number;
  readonly sourceBits: number;
  readonly bytes: Uint8Array;
  readonly sourceOffset: number;
  readonly destinationOffset: number;
}

/** The first second that counts: within the window, and after what is dealt with already. */
function firstOf(rows: TouchRows, row: number, windowS: number): number {
  return Math.max(1, rows.newest(row) - windowS + 1, rows.until(row) + 1);
}

function isOver(rows: TouchRows, row: number, { windowS, limit }: WindowLimit): boolean {
  return limit < rows.touches && rows.time(row, limit) >= firstOf(rows, row, windowS);
}

function portsWithin(rows: TouchRows, row: number, windowS: number): number[] {
  const first = firstOf(rows, row, windowS);
  const ports: number[] = [];
  for (let i = 0; i < rows.touches && rows.time(row, i) >= first; i++) ports.push(rows.port(row, i));
  return ports.sort((a, b) => a - b);
}
