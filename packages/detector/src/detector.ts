import { ADDRESS_BYTES, isMapped, isUnspecified } from './address.ts';
import { assertInteger } from './assert.ts';
import { LastAddresses } from './last-addresses.ts';
import { PORTS_MAX, SCANS_MAX, SETS_MAX, SOURCES_PER_SET } from './limits.ts';
import { MergeLedger } from './merge-ledger.ts';
import { Moment } from './moment.ts';
import { compilePolicy, subOf, ticksOf, type Policy, type Rules } from './policy.ts';
import type { PendingScan, Scan } from './scan.ts';
import { sourceInto } from './source-of.ts';
import type { Singles } from './singles.ts';
import type { SourceSlot } from './source-slot.ts';
import type { SourceTable } from './source-table.ts';
import { Sources } from './sources.ts';
import { dropRepeats, insertTouch, lastTouch, portsSince, provenCrossing } from './window.ts';

export interface DetectorOptions {
  /** Slots, for sources with two ports or more; rounded up to whole sets of four. Give the program's number, so that both forget the same sources. */
  readonly maxSources: number;
  /** Ports remembered of one source: at least 32, and more than the threshold; default the least. */
  readonly portsMax?: number;
  /** Scans that wait to be taken; default 65,536. While all wait, a source over the threshold is asked again later. */
  readonly scansMax?: number;
  /** Lines of seven sources with one port so far, 64 bytes each; default half of `maxSources`. */
  readonly singleLines?: number;
  /** The first five words of the program's `secret`. */
  readonly sourceKeys: readonly bigint[];
  readonly policy: Policy;
  /** Whether the address of 16 bytes at `offset` is allowed. Asked only of a source over the threshold. */
  readonly allowed: (bytes: Uint8Array, offset: number) => boolean;
}

/** Bits of an address that is a source by itself. */
const WHOLE = 128;

/**
 * User mode: decides from connections and, where events were lost, from the program's own table. The rules are those of
 * the program (see {@link SourceTable}), with a table of as many ports as the threshold needs.
 *
 * A source with one port so far is in `singles`; it gets a slot of `table` with its second. It has no clock: times come
 * with the events. Nothing but a report and a merge makes garbage.
 */
export class Detector {
  readonly table: SourceTable;
  /** Sources with one port so far. */
  readonly singles: Singles;
  readonly #sources: Sources;
  readonly #allowed: DetectorOptions['allowed'];
  readonly #scansMax: number;
  readonly #key = new Uint8Array(ADDRESS_BYTES);
  readonly #addresses: LastAddresses;
  readonly #ledger: MergeLedger;
  #rules: Rules;
  #pending: PendingScan[] = [];
  /** Of the connection, or of what a merge brings. */
  readonly #now = new Moment();
  /** The latest time that came with anything: what a merge judges singles by. */
  readonly #latest = new Moment();
  /** Before it, everything is decided: of the last sweep, and of the last change of the policy. */
  #sweptTick = -Infinity;
  #ruledTick = -Infinity;

  constructor(options: DetectorOptions) {
    this.#rules = compilePolicy(options.policy);
    const portsMax = options.portsMax ?? Math.max(PORTS_MAX, options.policy.threshold + 1);
    assertInteger('portsMax', portsMax, PORTS_MAX, Number.MAX_SAFE_INTEGER);
    const sets = Math.ceil(options.maxSources / SOURCES_PER_SET);
    const singleLines = options.singleLines ?? Math.min(SETS_MAX, Math.ceil(options.maxSources / 2));
    this.#sources = new Sources({ sets, singleLines, portsMax, keys: options.sourceKeys });
    this.table = this.#sources.table;
    this.singles = this.#sources.singles;
    this.#assertThreshold(this.#rules);
    this.#allowed = options.allowed;
    this.#scansMax = options.scansMax ?? SCANS_MAX;
    this.#addresses = new LastAddresses(this.table.slots);
    this.#ledger = new MergeLedger(this.table.slots);
  }

  #assertThreshold(rules: Rules): void {
    assertInteger('threshold', rules.threshold, 0, this.table.portsMax - 1);
  }

  /**
   * A connection: its source and destination are the 16 bytes at these offsets. `time` is the packet's, in
   * nanoseconds as a bigint or in ticks (1,024 ns) as a number.
   */
  connection(
    bytes: Uint8Array,
    sourceOffset: number,
    destinationOffset: number,
    port: number,
    time: bigint | number,
  ): void {
    if (typeof time === 'bigint') this.#now.setNs(time);
    else this.#now.set(time, 0);
    this.#probe(bytes, sourceOffset, destinationOffset, port);
  }

  /**
   * The same, with the time as the two halves of its nanoseconds. When they are signed (`| 0`) this makes no garbage at
   * all: V8 boxes larger numbers on their way into a call.
   */
  connectionAt(
    bytes: Uint8Array,
    sourceOffset: number,
    destinationOffset: number,
    port: number,
    timeHigh: number,
    timeLow: number,
  ): void {
    this.#now.setHalves(timeHigh, timeLow);
    this.#probe(bytes, sourceOffset, destinationOffset, port);
  }

  #probe(bytes: Uint8Array, sourceOffset: number, destinationOffset: number, port: number): void {
    const sourceBits = this.#select(bytes, sourceOffset);
    if (sourceBits < 0) return;
    this.#pass();
    if (this.#ledger.isUsed && this.#isLate(port, bytes, destinationOffset)) return;
    const slot = this.#sources.probe(port, this.#now, this.#rules);
    if (slot < 0) return;
    if (this.table.taken) this.#begin(slot);
    this.#addresses.note(slot, bytes, sourceOffset, sourceBits === WHOLE);
    if (this.table.report) this.#report(slot, this.#now, bytes, destinationOffset);
  }

  #pass(): void {
    if (this.#now.tick > this.#latest.tick) this.#latest.tick = this.#now.tick;
  }

  /** Selects the source of an address; how many bits of it count, or -1: nobody has none. */
  #select(bytes: Uint8Array, offset: number): number {
    if (isUnspecified(bytes, offset)) return -1;
    if (isMapped(bytes, offset)) {
      this.#sources.select(bytes, offset);
      return WHOLE;
    }
    const bits = sourceInto(bytes, offset, this.#rules, this.#key);
    if (isUnspecified(this.#key, 0)) return -1;
    this.#sources.select(this.#key, 0);
    return bits;
  }

  /** A slot has got another source. */
  #begin(slot: number): void {
    this.#ledger.clear(slot);
    this.#addresses.clear(slot);
  }

  /** Whether it is a connection that was on its way while a merge brought it already; which is dealt with then. */
  #isLate(port: number, bytes: Uint8Array, destinationOffset: number): boolean {
    const { tick } = this.#now;
    const slot = this.#sources.find();
    if (slot < 0 || !this.#ledger.isMerged(slot, tick)) return false;
    this.table.countConnection(slot);
    if (lastTouch(this.table, slot, port) >= tick) return true;
    insertTouch(this.table, slot, port, tick);
    this.#reportProven(slot, bytes, destinationOffset);
    return true;
  }

  #reportProven(slot: number, bytes: Uint8Array, destinationOffset: number): boolean {
    const { threshold, windowTicks } = this.#rules;
    const horizon = Math.max(this.table.dealtTick(slot), this.#sweptTick - windowTicks);
    const tick = provenCrossing(this.table, slot, threshold, windowTicks, horizon);
    if (tick >= 0) this.#report(slot, this.#now.set(tick, 0), bytes, destinationOffset);
    return tick >= 0;
  }

  #report(slot: number, at: Moment, bytes: Uint8Array, destinationOffset: number): void {
    if (this.#pending.length >= this.#scansMax) return;
    const source = this.table.source(slot);
    const address = this.#addresses.of(slot, source);
    if (this.#allowed(address, 0)) return;
    const voidTick = this.table.voidTickOf(slot, at);
    this.table.settle(slot, at, this.#rules);
    this.#pending.push({
      timeTicks: at.tick,
      source,
      sourceBits: sourceInto(address, 0, this.#rules, this.#key),
      address,
      destination: bytes.slice(destinationOffset, destinationOffset + ADDRESS_BYTES),
      ports: portsSince(this.table, slot, at.tick, this.#rules.windowTicks, voidTick),
      slot,
      voidTick,
    });
  }

  /**
   * A slot of the program's table, after the connections that were read before it: a lost event hides no scan.
   *
   * Its touches join the source's own in order of time; a scan that they prove is reported. Up to a threshold of 31,
   * `overNs` is proof as well, if no touch of an earlier scan can have been counted. Above, the program remembers too
   * few ports to prove anything: while `lost` (connections lost within the last window) is more than 0, the source counts
   * as having touched as many further ports as the program saw and we did not.
   */
  merge(kernel: SourceSlot, lost = 0): void {
    const newest = tickOfTouch(kernel.touches[0] ?? 0n);
    if (newest + this.#rules.windowTicks <= this.#sweptTick || kernel.touches[0] === 0n) return;
    if (this.#select(kernel.source, 0) < 0) return;
    const slot = this.#seat(newest);
    let brought = 0;
    for (const touch of kernel.touches.toReversed()) if (this.#mergeTouch(slot, touch)) brought++;
    const own = this.table.connections(slot);
    const missed = this.#ledger.enter(slot, kernel, brought, own, this.#rules.windowTicks);
    if (this.#reportProven(slot, kernel.destination, 0)) return;
    if (this.#rules.threshold < PORTS_MAX) this.#reportOver(slot, kernel);
    else if (lost > 0) this.#reportMissed(slot, kernel, missed);
  }

  /** A slot for the source of a merge. If that has news, the touch goes in that the source had as a single. */
  #seat(newest: number): number {
    const now = this.#now.set(newest, 0);
    this.#pass();
    const own = this.#sources.find();
    const isNews = own < 0 || newest > this.table.newestTick(own);
    const wasSingle = isNews && this.#sources.release(this.#latest, this.#rules);
    const slot = this.#sources.seat(now, this.#rules);
    if (this.table.taken) this.#begin(slot);
    if (!wasSingle) return slot;
    this.table.countConnection(slot);
    insertTouch(this.table, slot, this.singles.carriedPort, this.singles.carriedTime.tick);
    return slot;
  }

  /** Whether its port was new to the slot. */
  #mergeTouch(slot: number, touch: bigint): boolean {
    if (touch === 0n) return false;
    const tick = tickOfTouch(touch);
    if (tick + this.#rules.windowTicks <= this.#sweptTick) return false;
    return insertTouch(this.table, slot, Number(touch & 0xffffn), tick);
  }

  /** The program says that the source was over the threshold. */
  #reportOver(slot: number, kernel: SourceSlot): void {
    const { threshold, windowTicks } = this.#rules;
    const over = this.#now.setNs(kernel.overNs);
    const { tick } = over;
    const decided = kernel.overNs === 0n || tick + windowTicks <= this.#sweptTick || tick <= this.#ruledTick;
    if (decided || !this.table.isUntilOver(slot, over)) return;
    const voidTick = this.table.voidTickOf(slot, over);
    // The program of user mode knows no void touches. Within a window after `until` it may have counted some.
    const unsure = voidTick >= 0 && voidTick + windowTicks > tick;
    if (unsure && portsSince(this.table, slot, tick, windowTicks, voidTick).length <= threshold) return;
    this.#report(slot, over, kernel.destination, 0);
  }

  #reportMissed(slot: number, kernel: SourceSlot, missed: number): void {
    const { threshold, windowTicks } = this.#rules;
    const newest = this.#now.set(this.table.newestTick(slot), 0);
    const oldest = kernel.touches[PORTS_MAX - 1] ?? 0n;
    const isBusy = oldest !== 0n && tickOfTouch(oldest) + windowTicks > this.#sweptTick;
    if (!isBusy || !this.table.isUntilOver(slot, newest)) return;
    const voidTick = this.table.voidTickOf(slot, newest);
    const known = portsSince(this.table, slot, newest.tick, windowTicks, voidTick).length;
    if (known + missed > threshold) this.#report(slot, newest, kernel.destination, 0);
  }

  /** The scans since the last call, oldest report first. Each source is reported again only after its block or window. */
  takeScans(): Scan[] {
    const taken = this.#pending.map((scan) => this.#finish(scan));
    this.#pending = [];
    return taken;
  }

  #finish({ slot, voidTick, ...scan }: PendingScan): Scan {
    const ports = new Set(scan.ports);
    if (this.table.find(scan.source) === slot) {
      const newest = this.table.newestTick(slot);
      for (const port of portsSince(this.table, slot, newest, this.#rules.windowTicks, voidTick)) ports.add(port);
    }
    return { ...scan, ports: [...ports].sort((a, b) => a - b) };
  }

  /** The block of a source ends then; 0n: never. Says it when that differs from the crossing's time and the block's. */
  settle(source: Uint8Array, untilNs: bigint): void {
    const slot = this.table.find(source);
    if (slot < 0) return;
    if (untilNs === 0n) this.table.settleUntil(slot, Infinity, 0);
    else this.table.settleUntil(slot, ticksOf(untilNs), subOf(untilNs));
  }

  /** Forgets what a source did; whether there was anything. */
  forget(source: Uint8Array): boolean {
    return this.#sources.forget(source);
  }

  /** Forgets the sources that were quiet for a window; returns how many are left. `nowTicks` never goes back. */
  sweep(nowTicks: number): number {
    this.#sweptTick = Math.max(this.#sweptTick, nowTicks);
    // To a single what comes after now would look 78 hours old.
    const now = this.#now.set(Math.max(nowTicks, this.#latest.tick), 0);
    return this.table.sweep(nowTicks, this.#rules) + this.singles.sweep(now, this.#rules);
  }

  /**
   * Another policy from now on. Throws a `RangeError`, and changes nothing, when the threshold needs more ports than
   * `portsMax`. What the program said of a source before `nowTicks` followed the old policy and counts no more.
   */
  setPolicy(policy: Policy, nowTicks = -Infinity): void {
    const rules = compilePolicy(policy);
    this.#assertThreshold(rules);
    if (rules.windowTicks > this.#rules.windowTicks) {
      for (let slot = 0; slot < this.table.slots; slot++) if (!this.table.isEmpty(slot)) dropRepeats(this.table, slot);
    }
    this.#rules = rules;
    this.#ruledTick = Math.max(this.#ruledTick, nowTicks);
  }
}

function tickOfTouch(touch: bigint): number {
  return Number(touch >> 16n);
}
