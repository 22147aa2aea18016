import { TICK_NS } from './limits.ts';
import { CONNECTIONS, PORTS, SOURCE, TOUCH_WORDS, TOUCHES, UNTIL } from './source-rows.ts';
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

function emptySlot(portsMax: number): SourceSlot {
  return {
    source: new Uint8Array(16),
    destination: new Uint8Array(16),
    overNs: 0n,
    untilNs: 0n,
    connections: 0,
    ports: 0,
    touches: Array<bigint>(portsMax).fill(0n),
  };
}

/** A slot of the table as `struct source` has it. */
export function slotValue(table: SourceTable, slot: number): SourceSlot {
  const { rows, portsMax } = table;
  if (rows.isEmpty(slot)) return emptySlot(portsMax);
  const at = rows.at(slot);
  const ns = (of: number): bigint =>
    rows.tick(of) === Infinity ? FOR_EVER : BigInt(rows.tick(of)) * BigInt(TICK_NS) + BigInt(rows.sub(of));
  return {
    source: rows.address(at + SOURCE),
    destination: rows.address(at + rows.destination),
    overNs: ns(at + rows.over),
    untilNs: ns(at + UNTIL),
    connections: rows.words[at + CONNECTIONS]!,
    ports: rows.words[at + PORTS]!,
    touches: Array.from({ length: portsMax }, (_, i) => {
      const touch = at + TOUCHES + i * TOUCH_WORDS;
      return (BigInt(rows.touchTick(touch)) << 16n) | BigInt(rows.touchPort(touch));
    }),
  };
}
