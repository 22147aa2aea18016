import type { SourceTable } from './source-table.ts';

/**
 * Looks at, and repairs, the touches of one slot outside the program's own walk: what a merge of lost events needs.
 * `voidTick`: touches up to it do not count; -1: all do.
 */

function indexOfPort(table: SourceTable, slot: number, port: number): number {
  const { touchTicks, touchPorts } = table.columns;
  const base = slot * table.portsMax;
  for (let at = base; at < base + table.portsMax; at++) {
    if (touchPorts[at] === port && (port !== 0 || touchTicks[at] !== 0)) return at;
  }
  return -1;
}

/** The tick when a remembered port was last touched; -1: it is not remembered. */
export function lastTouch(table: SourceTable, slot: number, port: number): number {
  const at = indexOfPort(table, slot, port);
  return at < 0 ? -1 : table.columns.touchTicks[at]!;
}

/** Removes a touch; what stands behind it moves up. */
function remove(table: SourceTable, slot: number, at: number): void {
  const { touchTicks, touchPorts } = table.columns;
  const end = (slot + 1) * table.portsMax;
  touchTicks.copyWithin(at, at + 1, end);
  touchPorts.copyWithin(at, at + 1, end);
  touchTicks[end - 1] = 0;
  touchPorts[end - 1] = 0;
}

/**
 * Puts a touch where it belongs in time. A port that was touched later already stays where it is; the oldest touch
 * falls out when all places are taken. Whether the port was new to the slot.
 */
export function insertTouch(table: SourceTable, slot: number, port: number, tick: number): boolean {
  const { touchTicks, touchPorts } = table.columns;
  const known = indexOfPort(table, slot, port);
  if (known >= 0 && touchTicks[known]! >= tick) return false;
  if (known >= 0) remove(table, slot, known);
  const end = (slot + 1) * table.portsMax;
  let at = slot * table.portsMax;
  while (at < end && touchTicks[at]! > tick) at++;
  if (at === end) return false;
  touchTicks.copyWithin(at + 1, at, end - 1);
  touchPorts.copyWithin(at + 1, at, end - 1);
  touchTicks[at] = tick;
  touchPorts[at] = port;
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
  const { touchTicks, touchPorts } = table.columns;
  const ports = new Set<number>();
  const base = slot * table.portsMax;
  for (let at = base; at < base + table.portsMax; at++) {
    const touched = touchTicks[at]!;
    if (touched === 0 && touchPorts[at] === 0) break;
    if (touched + windowTicks > tick && touched > voidTick) ports.add(touchPorts[at]!);
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
  const { touchTicks, touchPorts } = table.columns;
  const base = slot * table.portsMax;
  for (let first = base + table.portsMax - 1 - threshold; first >= base; first--) {
    const oldest = touchTicks[first + threshold]!;
    const exists = oldest !== 0 || touchPorts[first + threshold] !== 0;
    if (exists && oldest > voidTick && oldest + windowTicks > touchTicks[first]!) return touchTicks[first]!;
  }
  return -1;
}

/** Keeps of each port the last touch only: a window that grows would count older ones as ports of their own. */
export function dropRepeats(table: SourceTable, slot: number): void {
  const { touchTicks, touchPorts } = table.columns;
  const seen = new Set<number>();
  const end = (slot + 1) * table.portsMax;
  let at = slot * table.portsMax;
  while (at < end && (touchTicks[at] !== 0 || touchPorts[at] !== 0)) {
    if (seen.has(touchPorts[at]!)) remove(table, slot, at);
    else seen.add(touchPorts[at++]!);
  }
}
