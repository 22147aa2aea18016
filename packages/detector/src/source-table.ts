import { assertInteger } from './assert.ts';
import { hashToSet, KeyedHash } from './keyed-hash.ts';
import { PORTS_MAX, SETS_MAX, SOURCE_KEYS, SOURCES_PER_SET, THRESHOLD_MAX, TICK_NS } from './limits.ts';
import { Moment } from './moment.ts';
import type { Rules } from './policy.ts';
import { CONNECTIONS, PORTS, SOURCE, SourceRows, TOUCH_WORDS, TOUCHES, UNTIL } from './source-rows.ts';

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
 * It makes no garbage, reserves everything in the constructor, and its whole state is `rows.bytes`. What asks for a
 * `slot` wants one that is not empty, unless it says otherwise.
 */
export class SourceTable {
  readonly sets: number;
  readonly portsMax: number;
  readonly slots: number;
  readonly rows: SourceRows;
  readonly #key: KeyedHash;

  /** The answers of the last `seat`: it took a slot for a source that had none; a fresh one made room. */
  taken = false;
  evicted = false;
  /** The answers of the last `touch`: more than `threshold` ports within the window; and that is news. */
  over = false;
  report = false;

  /** The oldest touch that counts, as of the last touch: the first tick within the window and after void ones, port 0. */
  #oldestUpper = 0;
  #oldestLower = 0;
  readonly #time = new Moment();

  constructor(options: SourceTableOptions) {
    assertInteger('sets', options.sets, 1, SETS_MAX);
    assertInteger('number of keys', options.keys.length, SOURCE_KEYS, SOURCE_KEYS);
    this.portsMax = options.portsMax ?? PORTS_MAX;
    assertInteger('portsMax', this.portsMax, 1, THRESHOLD_MAX + 1);
    this.sets = options.sets;
    this.slots = options.sets * SOURCES_PER_SET;
    this.rows = new SourceRows(this.slots, this.portsMax);
    this.#key = new KeyedHash(options.keys);
  }

  /** The slot of a source, or -1. */
  find(source: Uint8Array, offset = 0): number {
    this.#key.take(source, offset);
    return this.findKey(this.#key);
  }

  /** The same for a source that is hashed already. */
  findKey(key: KeyedHash): number {
    return this.rows.find(this.#firstSlot(key), key.words, key.tag);
  }

  #firstSlot(key: KeyedHash): number {
    return hashToSet(key.upper, this.sets) * SOURCES_PER_SET;
  }

  /** Any slot. */
  isEmpty(slot: number): boolean {
    return this.rows.isEmpty(slot);
  }

  /** The tick of a slot's last touch. */
  newestTick(slot: number): number {
    return this.rows.touchTick(this.rows.at(slot) + TOUCHES);
  }

  #slotToTake(first: number): number {
    let quietest = first;
    for (let slot = first; slot < first + SOURCES_PER_SET; slot++) {
      if (this.isEmpty(slot)) return slot;
      if (this.rows.isOlder(this.rows.at(slot) + TOUCHES, this.rows.at(quietest) + TOUCHES)) quietest = slot;
    }
    return quietest;
  }

  /** The slot of a source: its own, else the first empty one of its set, else the one that was quiet longest. */
  seat(source: Uint8Array, offset: number, now: Moment, rules: Rules): number {
    this.#key.take(source, offset);
    return this.seatKey(this.#key, this.findKey(this.#key), now, rules);
  }

  /** The same for a source that is hashed already, and whose own slot was looked for. */
  seatKey(key: KeyedHash, own: number, now: Moment, rules: Rules): number {
    this.taken = own < 0;
    this.evicted = false;
    return own >= 0 ? own : this.#take(key, now, rules);
  }

  #take(key: KeyedHash, now: Moment, rules: Rules): number {
    const slot = this.#slotToTake(this.#firstSlot(key));
    this.#look(now, rules, -1);
    this.evicted = !this.isEmpty(slot) && this.#isFresh(this.rows.at(slot) + TOUCHES);
    this.rows.take(slot, key.words, key.tag);
    return slot;
  }

  /** Sets from where on a touch counts. Tick 0, and so an empty touch, never does. */
  #look(now: Moment, rules: Rules, voidTick: number): void {
    const oldest = Math.max(now.tick - rules.windowTicks, voidTick, 0) + 1;
    this.#oldestUpper = Math.floor(oldest / 65_536);
    this.#oldestLower = (oldest << 16) >>> 0;
  }

  #isFresh(at: number): boolean {
    const upper = this.rows.words[at + 1]!;
    return upper > this.#oldestUpper || (upper === this.#oldestUpper && this.rows.words[at]! >= this.#oldestLower);
  }

  /** Whether `until` has come by then; true also where there is none. */
  isUntilOver(slot: number, now: Moment): boolean {
    return this.rows.isTimeOver(this.rows.at(slot) + UNTIL, now);
  }

  /** The last tick whose touches are void by then: the one before `until`; -1: none. */
  voidTickOf(slot: number, now: Moment): number {
    const at = this.rows.at(slot) + UNTIL;
    return this.rows.isSet(at) && this.rows.isTimeOver(at, now) ? this.rows.tick(at) - 1 : -1;
  }

  /** Up to which tick touches are dealt with, whether or not that time has come; -1: none; Infinity: for ever. */
  dealtTick(slot: number): number {
    const at = this.rows.at(slot) + UNTIL;
    return this.rows.isSet(at) ? this.rows.tick(at) : -1;
  }

  /** Puts the port in front; whether it was among the fresh ones. */
  #walk(first: number, port: number, { tick }: Moment): boolean {
    const { words } = this.rows;
    const [oldestUpper, oldestLower] = [this.#oldestUpper, this.#oldestLower];
    let lower = (tick << 16) | port;
    let upper = Math.floor(tick / 65_536);
    for (let at = first; at < first + this.portsMax * TOUCH_WORDS; at += TOUCH_WORDS) {
      const knownLower = words[at]!;
      const knownUpper = words[at + 1]!;
      words[at] = lower;
      words[at + 1] = upper;
      if (knownUpper < oldestUpper || (knownUpper === oldestUpper && knownLower < oldestLower)) return false;
      if ((knownLower & 0xffff) === port) return true;
      lower = knownLower;
      upper = knownUpper;
    }
    return false;
  }

  /** Puts a touch of that time into a slot and counts it, by the horizon of a probe at `now`. */
  #enter(slot: number, port: number, time: Moment, now: Moment, rules: Rules): void {
    const first = this.rows.at(slot) + TOUCHES;
    // As `touchTick`, whose answer V8 boxes where it does not inline it.
    const newest = this.rows.words[first + 1]! * 65_536 + (this.rows.words[first]! >>> 16);
    // The clocks of two CPUs may be apart a little: within a slot time never goes back.
    this.#time.tick = Math.max(now.tick, newest);
    this.#look(this.#time, rules, this.voidTickOf(slot, now));
    this.#time.tick = Math.max(time.tick, newest);
    const isKnown = this.#walk(first, port, this.#time);
    if (!isKnown) this.#countUp(slot, PORTS);
    this.countConnection(slot);
  }

  #countUp(slot: number, field: number): void {
    const at = this.rows.at(slot) + field;
    if (this.rows.words[at]! < COUNTER_MAX) this.rows.words[at]!++;
  }

  /** Distinct SYNs that were counted. */
  connections(slot: number): number {
    return this.rows.words[this.rows.at(slot) + CONNECTIONS]!;
  }

  countConnection(slot: number): void {
    this.#countUp(slot, CONNECTIONS);
  }

  /** A touch that the source of a slot brings along; the probe at `now`, which is to be touched next, makes it count. */
  carry(slot: number, port: number, time: Moment, now: Moment, rules: Rules): void {
    this.#enter(slot, port, time, now, rules);
  }

  /**
   * One probe of a port by the source of a slot; `over` and `report` are its answers. `until` is left alone: whoever
   * acts on a report calls `settle`.
   */
  touch(slot: number, port: number, now: Moment, rules: Rules): void {
    this.#enter(slot, port, now, now, rules);
    const at = this.rows.at(slot);
    this.over = rules.threshold < this.portsMax && this.#isFresh(at + TOUCHES + rules.threshold * TOUCH_WORDS);
    this.report = this.over && this.isUntilOver(slot, now);
    if (this.over) this.rows.setTime(at + this.rows.over, now.tick, now.sub);
  }

  /** The source of a slot: 16 bytes of their own. */
  source(slot: number): Uint8Array {
    return this.rows.address(this.rows.at(slot) + SOURCE);
  }

  setDestination(slot: number, bytes: Uint8Array, offset: number): void {
    this.rows.setAddress(this.rows.at(slot) + this.rows.destination, bytes, offset);
  }

  /** The crossing at this time is dealt with: for the block's time, or for a window. */
  settle(slot: number, { tick, sub }: Moment, rules: Rules): void {
    const sum = sub + rules.quietSub;
    const carry = sum >= TICK_NS ? 1 : 0;
    this.settleUntil(slot, tick + rules.quietTicks + carry, sum - carry * TICK_NS);
  }

  settleUntil(slot: number, tick: number, sub: number): void {
    this.rows.setTime(this.rows.at(slot) + UNTIL, tick, sub);
  }

  /** The ports that count, the last one first, as the last touch, of this slot, saw them. */
  freshPorts(slot: number): number[] {
    const list: number[] = [];
    const first = this.rows.at(slot) + TOUCHES;
    for (let at = first; at < first + this.portsMax * TOUCH_WORDS && this.#isFresh(at); at += TOUCH_WORDS) {
      list.push(this.rows.touchPort(at));
    }
    return list;
  }

  /** Empties the slot of a source; whether it had one. */
  forget(source: Uint8Array, offset = 0): boolean {
    const slot = this.find(source, offset);
    if (slot >= 0) this.rows.empty(slot);
    return slot >= 0;
  }

  /** Empties the slots of these sets that were quiet for a window; returns how many sources are left in them. */
  sweep(nowTick: number, rules: Rules, firstSet = 0, sets = this.sets - firstSet): number {
    this.#look(this.#time.set(nowTick, 0), rules, -1);
    let live = 0;
    for (let slot = firstSet * SOURCES_PER_SET; slot < (firstSet + sets) * SOURCES_PER_SET; slot++) {
      if (this.isEmpty(slot)) continue;
      if (this.#isFresh(this.rows.at(slot) + TOUCHES)) live++;
      else this.rows.empty(slot);
    }
    return live;
  }
}
