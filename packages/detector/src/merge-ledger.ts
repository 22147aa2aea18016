import type { SourceSlot } from './source-slot.ts';

/** Of a slot: two ticks, then four counters. */
const SLOT_BYTES = 32;
const TICKS = SLOT_BYTES / 8;
const COUNTERS = SLOT_BYTES / 4;
/** The newest tick that a merge brought, and one more; 0: there was none. */
const MERGED = 0;
const MISSED_TICK = 1;
const MISSED = 4;
const KERNEL_CONNECTIONS = 5;
const KERNEL_PORTS = 6;
const OWN_CONNECTIONS = 7;

/**
 * What merges have brought so far, slot by slot: how far the program's counters and ours are apart. All zero where none
 * was, so that no memory is touched before the first merge.
 */
export class MergeLedger {
  readonly #ticks: Float64Array;
  readonly #counters: Uint32Array;
  #isUsed = false;

  constructor(slots: number) {
    const buffer = new ArrayBuffer(slots * SLOT_BYTES);
    this.#ticks = new Float64Array(buffer);
    this.#counters = new Uint32Array(buffer);
  }

  /** Whether there was any merge: nothing is late before. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** Whether a merge has brought what was touched at this tick. */
  isMerged(slot: number, tick: number): boolean {
    return tick < this.#ticks[slot * TICKS + MERGED]!;
  }

  clear(slot: number): void {
    if (this.#isUsed) this.#counters.fill(0, slot * COUNTERS, (slot + 1) * COUNTERS);
  }

  /**
   * Enters a slot of the program, `brought` of whose ports were new to us. Returns how many further ports the program
   * may have seen, lately, that we have not: never fewer than it saw, but repeats are counted too.
   */
  enter(slot: number, kernel: SourceSlot, brought: number, ownConnections: number, windowTicks: number): number {
    this.#isUsed = true;
    const counters = this.#counters.subarray(slot * COUNTERS, (slot + 1) * COUNTERS);
    const ticks = this.#ticks.subarray(slot * TICKS, (slot + 1) * TICKS);
    const newest = Number(kernel.touches[0]! >> 16n);
    // Fewer than before: the program evicted the source, and met it again.
    const isNew = kernel.connections < counters[KERNEL_CONNECTIONS]!;
    const connections = kernel.connections - (isNew ? 0 : counters[KERNEL_CONNECTIONS]!);
    const ports = kernel.ports - (isNew ? 0 : counters[KERNEL_PORTS]!);
    const own = isNew ? 0 : ownConnections - counters[OWN_CONNECTIONS]!;
    const missed = Math.min(ports, connections - own) - brought;
    if (ticks[MISSED_TICK]! + windowTicks <= newest) counters[MISSED] = 0;
    if (missed > 0) {
      counters[MISSED]! += missed;
      ticks[MISSED_TICK] = newest;
    }
    ticks[MERGED] = Math.max(ticks[MERGED]!, newest + 1);
    counters[KERNEL_CONNECTIONS] = kernel.connections;
    counters[KERNEL_PORTS] = kernel.ports;
    counters[OWN_CONNECTIONS] = ownConnections;
    return counters[MISSED]!;
  }
}
