import type { SourceSlot } from './source-slot.ts';

/** What merges have brought so far, slot by slot: how far the program's counters and ours are apart. */
export class MergeLedger {
  /** The newest tick that a merge brought; -1: there was none. */
  readonly mergedTick: Float64Array;
  readonly #missedTick: Float64Array;
  readonly #missed: Uint32Array;
  readonly #kernelConnections: Uint32Array;
  readonly #kernelPorts: Uint32Array;
  readonly #ownConnections: Uint32Array;

  constructor(slots: number) {
    this.mergedTick = new Float64Array(slots).fill(-1);
    this.#missedTick = new Float64Array(slots);
    this.#missed = new Uint32Array(slots);
    this.#kernelConnections = new Uint32Array(slots);
    this.#kernelPorts = new Uint32Array(slots);
    this.#ownConnections = new Uint32Array(slots);
  }

  clear(slot: number): void {
    this.mergedTick[slot] = -1;
    this.#missedTick[slot] = 0;
    this.#missed[slot] = 0;
    this.#kernelConnections[slot] = 0;
    this.#kernelPorts[slot] = 0;
    this.#ownConnections[slot] = 0;
  }

  /**
   * Enters a slot of the program, `brought` of whose ports were new to us. Returns how many further ports the program
   * may have seen, lately, that we have not: never fewer than it saw, but repeats are counted too.
   */
  enter(slot: number, kernel: SourceSlot, brought: number, ownConnections: number, windowTicks: number): number {
    const newest = Number(kernel.touches[0]! >> 16n);
    // Fewer than before: the program evicted the source, and met it again.
    const isNew = kernel.connections < this.#kernelConnections[slot]!;
    const connections = kernel.connections - (isNew ? 0 : this.#kernelConnections[slot]!);
    const ports = kernel.ports - (isNew ? 0 : this.#kernelPorts[slot]!);
    const own = isNew ? 0 : ownConnections - this.#ownConnections[slot]!;
    this.#note(slot, Math.min(ports, connections - own) - brought, newest, windowTicks);
    this.mergedTick[slot] = Math.max(this.mergedTick[slot]!, newest);
    this.#kernelConnections[slot] = kernel.connections;
    this.#kernelPorts[slot] = kernel.ports;
    this.#ownConnections[slot] = ownConnections;
    return this.#missed[slot]!;
  }

  #note(slot: number, missed: number, newest: number, windowTicks: number): void {
    if (this.#missedTick[slot]! + windowTicks <= newest) this.#missed[slot] = 0;
    if (missed <= 0) return;
    this.#missed[slot]! += missed;
    this.#missedTick[slot] = newest;
  }
}
