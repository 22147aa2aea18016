import { ADDRESS_BYTES, addressEquals, copyAddress, isZero } from './address.ts';
import { assertInteger } from './assert.ts';
import { hashToSet, KeyedHash } from './keyed-hash.ts';
import { PORTS_MAX, SETS_MAX, SOURCE_KEYS, SOURCES_PER_SET, THRESHOLD_MAX, TICK_NS } from './limits.ts';
import type { Rules } from './policy.ts';
import { SourceColumns } from './source-columns.ts';

export interface SourceTableOptions {
  /** Sets of four slots. */
  readonly sets: number;
  /** Ports remembered of one source; default 32, as in the program. */
  readonly portsMax?: number;
  /** The first five words of the program's `secret`. */
  readonly keys: readonly bigint[];
}

const COUNTER_MAX = 0xffffffff;

/**
 * The program's table `sources`, rule by rule (bpf/sources.bpf.h): sets of four slots, the set chosen by a keyed hash,
 * the slot that was quiet longest evicted, touches in order of use. A slot is named by its number: set * 4 + place.
 *
 * It makes no garbage, allocates everything in the constructor, and its whole state is `columns.bytes`.
 */
export class SourceTable {
  readonly sets: number;
  readonly portsMax: number;
  readonly slots: number;
  readonly columns: SourceColumns;
  readonly #hash: KeyedHash;

  /** The answers of the last `seat`: it took a slot for a source that had none; a fresh one made room. */
  taken = false;
  evicted = false;
  /** The answers of the last `touch`: more than `threshold` ports within the window; and that is news. */
  over = false;
  report = false;

  // What makes a touch count, as of the last touch.
  #tick = 0;
  #windowTicks = 0;
  #voidTick = -1;

  constructor(options: SourceTableOptions) {
    assertInteger('sets', options.sets, 1, SETS_MAX);
    assertInteger('number of keys', options.keys.length, SOURCE_KEYS, SOURCE_KEYS);
    this.portsMax = options.portsMax ?? PORTS_MAX;
    assertInteger('portsMax', this.portsMax, 1, THRESHOLD_MAX + 1);
    this.sets = options.sets;
    this.slots = options.sets * SOURCES_PER_SET;
    this.columns = new SourceColumns(this.slots, this.portsMax);
    this.#hash = new KeyedHash(options.keys);
  }

  #firstOfSet(hash: number): number {
    return hashToSet(hash, this.sets) * SOURCES_PER_SET;
  }

  #findIn(first: number, source: Uint8Array, offset: number): number {
    for (let slot = first; slot < first + SOURCES_PER_SET; slot++) {
      if (addressEquals(this.columns.source, slot * ADDRESS_BYTES, source, offset)) return slot;
    }
    return -1;
  }

  /** The slot of a source, or -1. */
  find(source: Uint8Array, offset = 0, hash = this.#hash.hash(source, offset)): number {
    return this.#findIn(this.#firstOfSet(hash), source, offset);
  }

  isEmpty(slot: number): boolean {
    return isZero(this.columns.source, slot * ADDRESS_BYTES);
  }

  /** The tick of a slot's last touch. */
  newestTick(slot: number): number {
    return this.columns.touchTicks[slot * this.portsMax]!;
  }

  #slotToTake(first: number): number {
    let quietest = first;
    for (let slot = first; slot < first + SOURCES_PER_SET; slot++) {
      if (this.isEmpty(slot)) return slot;
      if (this.newestTick(slot) < this.newestTick(quietest)) quietest = slot;
    }
    return quietest;
  }

  /** The slot of a source: its own, else the first empty one of its set, else the one that was quiet longest. */
  seat(source: Uint8Array, offset: number, tick: number, rules: Rules, hash = this.#hash.hash(source, offset)): number {
    const first = this.#firstOfSet(hash);
    const own = this.#findIn(first, source, offset);
    this.taken = own < 0;
    this.evicted = false;
    if (own >= 0) return own;
    const slot = this.#slotToTake(first);
    this.#look(tick, rules, -1);
    this.evicted = this.#isFresh(slot * this.portsMax);
    this.columns.empty(slot, this.portsMax);
    copyAddress(source, offset, this.columns.source, slot * ADDRESS_BYTES);
    return slot;
  }

  #look(tick: number, rules: Rules, voidTick: number): void {
    this.#tick = tick;
    this.#windowTicks = rules.windowTicks;
    this.#voidTick = voidTick;
  }

  #isFresh(at: number): boolean {
    const tick = this.columns.touchTicks[at]!;
    return tick > 0 && tick + this.#windowTicks > this.#tick && tick > this.#voidTick;
  }

  /** Whether `until` has come by then; true also where there is none. */
  isUntilOver(slot: number, tick: number, sub: number): boolean {
    const until = this.columns.untilTick[slot]!;
    return until < tick || (until === tick && this.columns.untilSub[slot]! <= sub);
  }

  /** The last tick whose touches are void by then: the one before `until`; -1: none. */
  voidTickOf(slot: number, tick: number, sub: number): number {
    const { untilTick, untilSub } = this.columns;
    const none = untilTick[slot] === 0 && untilSub[slot] === 0;
    return none || !this.isUntilOver(slot, tick, sub) ? -1 : untilTick[slot]! - 1;
  }

  /** Puts the port in front; whether it was among the fresh ones. */
  #walk(slot: number, port: number, portTick: number): boolean {
    const { touchTicks, touchPorts } = this.columns;
    const base = slot * this.portsMax;
    let carriedTick = portTick;
    let carriedPort = port;
    for (let at = base; at < base + this.portsMax; at++) {
      const tick = touchTicks[at]!;
      const known = touchPorts[at]!;
      const fresh = this.#isFresh(at);
      touchTicks[at] = carriedTick;
      touchPorts[at] = carriedPort;
      if (!fresh) return false;
      if (known === port) return true;
      carriedTick = tick;
      carriedPort = known;
    }
    return false;
  }

  /** Puts a touch into a slot and counts it, by the horizon of a probe at `tick` and `sub`. */
  #enter(slot: number, port: number, portTick: number, tick: number, sub: number, rules: Rules): void {
    const { connections, ports } = this.columns;
    const newest = this.newestTick(slot);
    // The clocks of two CPUs may be apart a little: within a slot time never goes back.
    this.#look(Math.max(tick, newest), rules, this.voidTickOf(slot, tick, sub));
    const known = this.#walk(slot, port, Math.max(portTick, newest));
    if (!known && ports[slot]! < COUNTER_MAX) ports[slot]!++;
    if (connections[slot]! < COUNTER_MAX) connections[slot]!++;
  }

  /**
   * A touch of `touchTick` that the source of a slot brings along; the probe at `tick` and `sub`, which is to be
   * touched next, makes it count.
   */
  carry(slot: number, port: number, touchTick: number, tick: number, sub: number, rules: Rules): void {
    this.#enter(slot, port, touchTick, tick, sub, rules);
  }

  /**
   * One probe of a port by the source of a slot; `over` and `report` are its answers. The time is a tick and the
   * nanoseconds over it. `until` is left alone: whoever acts on a report calls `settle`.
   */
  touch(slot: number, port: number, tick: number, sub: number, rules: Rules): void {
    const { overTick, overSub } = this.columns;
    this.#enter(slot, port, tick, tick, sub, rules);
    this.over = rules.threshold < this.portsMax && this.#isFresh(slot * this.portsMax + rules.threshold);
    this.report = this.over && this.isUntilOver(slot, tick, sub);
    if (!this.over) return;
    overTick[slot] = tick;
    overSub[slot] = sub;
  }

  setDestination(slot: number, bytes: Uint8Array, offset: number): void {
    copyAddress(bytes, offset, this.columns.destination, slot * ADDRESS_BYTES);
  }

  /** The crossing at this time is dealt with: for the block's time, or for a window. */
  settle(slot: number, tick: number, sub: number, rules: Rules): void {
    const sum = sub + rules.quietSub;
    const carry = sum >= TICK_NS ? 1 : 0;
    this.settleUntil(slot, tick + rules.quietTicks + carry, sum - carry * TICK_NS);
  }

  settleUntil(slot: number, tick: number, sub: number): void {
    this.columns.untilTick[slot] = tick;
    this.columns.untilSub[slot] = tick === Infinity ? 0 : sub;
  }

  /** The ports that count, the last one first, as the last touch, of this slot, saw them. */
  freshPorts(slot: number): number[] {
    const list: number[] = [];
    const base = slot * this.portsMax;
    for (let at = base; at < base + this.portsMax && this.#isFresh(at); at++) list.push(this.columns.touchPorts[at]!);
    return list;
  }

  /** Empties the slot of a source; whether it had one. */
  forget(source: Uint8Array, offset = 0): boolean {
    const slot = this.find(source, offset);
    if (slot >= 0) this.columns.empty(slot, this.portsMax);
    return slot >= 0;
  }

  /** Empties the slots of these sets that were quiet for a window; returns how many sources are left in them. */
  sweep(nowTick: number, rules: Rules, firstSet = 0, sets = this.sets - firstSet): number {
    this.#look(nowTick, rules, -1);
    let live = 0;
    for (let slot = firstSet * SOURCES_PER_SET; slot < (firstSet + sets) * SOURCES_PER_SET; slot++) {
      if (this.isEmpty(slot)) continue;
      if (this.#isFresh(slot * this.portsMax)) live++;
      else this.columns.empty(slot, this.portsMax);
    }
    return live;
  }
}
