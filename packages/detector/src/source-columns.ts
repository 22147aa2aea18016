import { ADDRESS_BYTES } from './address.ts';

/** What a slot costs for each port and for all else. */
const PORT_BYTES = 8 + 2;
const SLOT_BYTES = 2 * 8 + 2 * 4 + 2 * 2 + 2 * ADDRESS_BYTES;

/** Bytes that a table of so many slots takes, all at once, when it is made. */
export function tableBytes(slots: number, portsMax: number): number {
  return slots * (portsMax * PORT_BYTES + SLOT_BYTES);
}

/**
 * The state of a table of sources, column by column in one buffer, so that two states are equal when their bytes are.
 * A time is a tick and the nanoseconds over it (`…Sub`); Infinity is for ever. Touch `i` of slot `s` stands at
 * `s * portsMax + i`; the last touch comes first; tick 0 and port 0 is empty.
 */
export class SourceColumns {
  readonly bytes: Uint8Array;
  readonly touchTicks: Float64Array;
  readonly untilTick: Float64Array;
  readonly overTick: Float64Array;
  readonly connections: Uint32Array;
  readonly ports: Uint32Array;
  readonly touchPorts: Uint16Array;
  readonly untilSub: Uint16Array;
  readonly overSub: Uint16Array;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;

  constructor(slots: number, portsMax: number) {
    const buffer = new ArrayBuffer(tableBytes(slots, portsMax));
    let offset = 0;
    // Widest first, so that each column is aligned.
    const next = (bytes: number): number => (offset += bytes) - bytes;
    this.touchTicks = new Float64Array(buffer, next(8 * slots * portsMax), slots * portsMax);
    this.untilTick = new Float64Array(buffer, next(8 * slots), slots);
    this.overTick = new Float64Array(buffer, next(8 * slots), slots);
    this.connections = new Uint32Array(buffer, next(4 * slots), slots);
    this.ports = new Uint32Array(buffer, next(4 * slots), slots);
    this.touchPorts = new Uint16Array(buffer, next(2 * slots * portsMax), slots * portsMax);
    this.untilSub = new Uint16Array(buffer, next(2 * slots), slots);
    this.overSub = new Uint16Array(buffer, next(2 * slots), slots);
    this.source = new Uint8Array(buffer, next(ADDRESS_BYTES * slots), ADDRESS_BYTES * slots);
    this.destination = new Uint8Array(buffer, next(ADDRESS_BYTES * slots), ADDRESS_BYTES * slots);
    this.bytes = new Uint8Array(buffer);
  }

  /** All zero, as `slot_empty` of the program. */
  empty(slot: number, portsMax: number): void {
    this.touchTicks.fill(0, slot * portsMax, (slot + 1) * portsMax);
    this.touchPorts.fill(0, slot * portsMax, (slot + 1) * portsMax);
    this.untilTick[slot] = 0;
    this.untilSub[slot] = 0;
    this.overTick[slot] = 0;
    this.overSub[slot] = 0;
    this.connections[slot] = 0;
    this.ports[slot] = 0;
    this.source.fill(0, slot * ADDRESS_BYTES, (slot + 1) * ADDRESS_BYTES);
    this.destination.fill(0, slot * ADDRESS_BYTES, (slot + 1) * ADDRESS_BYTES);
  }
}
