import { ADDRESS_BYTES } from './address.ts';
import { TICK_NS } from './limits.ts';
import type { SourceTable } from './source-table.ts';

/** `struct source` of bpf/types.h, as map-codec decodes it. */
export interface SourceSlot {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly overNs: bigint;
  /** All ones: for ever. */
  readonly untilNs: bigint;
  readonly connections: number;
  readonly ports: number;
  /** tick << 16 | port, the last one first; 0n is empty. */
  readonly touches: readonly bigint[];
}

const FOR_EVER = 2n ** 64n - 1n;

function nsOf(tick: number, sub: number): bigint {
  return tick === Infinity ? FOR_EVER : BigInt(tick) * BigInt(TICK_NS) + BigInt(sub);
}

/** A slot of the table as `struct source` has it. */
export function slotValue(table: SourceTable, slot: number): SourceSlot {
  const c = table.columns;
  const base = slot * table.portsMax;
  const address = slot * ADDRESS_BYTES;
  return {
    source: c.source.slice(address, address + ADDRESS_BYTES),
    destination: c.destination.slice(address, address + ADDRESS_BYTES),
    overNs: nsOf(c.overTick[slot]!, c.overSub[slot]!),
    untilNs: nsOf(c.untilTick[slot]!, c.untilSub[slot]!),
    connections: c.connections[slot]!,
    ports: c.ports[slot]!,
    touches: Array.from({ length: table.portsMax }, (_, i) => {
      return (BigInt(c.touchTicks[base + i]!) << 16n) | BigInt(c.touchPorts[base + i]!);
    }),
  };
}
