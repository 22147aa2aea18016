import { TOUCH_WORDS, TOUCHES } from './source-rows.ts';
import type { SourceTable } from './source-table.ts';

/**
 * Looks at, and repairs, the touches of one slot outside the program's own walk: what a merge of lost events needs.
 * `voidTick`: touches up to it do not count; -1: all do.
 */

function firstTouch({ rows }: SourceTable, slot: number): number {
  return rows.at(slot) + TOUCHES;
}

function endOfTouches(table: SourceTable, slot: number): number {
  return firstTouch(table, slot) + table.portsMax * TOUCH_WORDS;
}

/** Where the touch of a remembered port stands, or -1. */
function placeOfPort(table: SourceTable, slot: number, port: number): number {
  const { rows } = table;
  for (let at = firstTouch(table, slot); at < endOfTouches(table, slot); at += TOUCH_WORDS) {
    if (rows.touchPort(at) === port && rows.isSet(at)) return at;
  }
  return -1;
}

/** The tick when a remembered port was last touched; -1: it is not remembered. */
export function lastTouch(table: SourceTable, slot: number, port: number): number {
  const at = placeOfPort(table, slot, port);
  return at < 0 ? -1 : table.rows.touchTick(at);
}

/** Removes a touch; what stands behind it moves up. */
function remove(table: SourceTable, slot: number, at: number): void {
  const { words } = table.rows;
  const end = endOfTouches(table, slot);
  words.copyWithin(at, at + TOUCH_WORDS, end);
  words.fill(0, end - TOUCH_WORDS, end);
}

/**
 * Puts a touch where it belongs in time. A port that was touched later already stays where it is; the oldest touch
 * falls out when all places are taken. Whether the port was new to the slot.
 */
export function insertTouch(table: SourceTable, slot: number, port: number, tick: number): boolean {
  const { rows } = table;
  const known = placeOfPort(table, slot, port);
  if (known >= 0 && rows.touchTick(known) >= tick) return false;
  if (known >= 0) remove(table, slot, known);
  const end = endOfTouches(table, slot);
  let at = firstTouch(table, slot);
  while (at < end && rows.touchTick(at) > tick) at += TOUCH_WORDS;
  if (at === end) return false;
  rows.words.copyWithin(at + TOUCH_WORDS, at, end - TOUCH_WORDS);
  rows.setTouch(at, tick, port);
  return known < 0;
}

/** The ports whose last touch is within the window that ends at `tick`, or later. */
export function portsSince(
  table: SourceTable,
  slot: number,
  tick: number,
  windowTicks: number,
  voidTick: number,
): number[] {
  const { rows } = table;
  const ports = new Set<number>();
  const end = endOfTouches(table, slot);
  for (let at = firstTouch(table, slot); at < end && rows.isSet(at); at += TOUCH_WORDS) {
    const touched = rows.touchTick(at);
    if (touched + windowTicks > tick && touched > voidTick) ports.add(rows.touchPort(at));
  }
  return [...ports];
}

/**
 * The tick of the first touch by which, on the slot's own evidence, more than `threshold` ports had been touched within
 * a window; -1: there is no such evidence. Only touches after `voidTick` count. The evidence is sure, because each
 * touch is a real one; it can be incomplete, because of each port only the last touch is known.
 */
export function provenCrossing(
  table: SourceTable,
  slot: number,
  threshold: number,
  windowTicks: number,
  voidTick: number,
): number {
  const { rows } = table;
  const behind = threshold * TOUCH_WORDS;
  const base = firstTouch(table, slot);
  for (let first = endOfTouches(table, slot) - TOUCH_WORDS - behind; first >= base; first -= TOUCH_WORDS) {
    const oldest = rows.touchTick(first + behind);
    const newest = rows.touchTick(first);
    if (rows.isSet(first + behind) && oldest > voidTick && oldest + windowTicks > newest) return newest;
  }
  return -1;
}

/** Keeps of each port the last touch only: a window that grows would count older ones as ports of their own. */
export function dropRepeats(table: SourceTable, slot: number): void {
  const { rows } = table;
  const seen = new Set<number>();
  const end = endOfTouches(table, slot);
  let at = firstTouch(table, slot);
  while (at < end && rows.isSet(at)) {
    const port = rows.touchPort(at);
    if (seen.has(port)) remove(table, slot, at);
    else {
      seen.add(port);
      at += TOUCH_WORDS;
    }
  }
}
