import { type BlockEntry, type BlockNote, type BlockReasonName, formatPrefix } from '@scanward/daemon';
import { isoOf, type Moment } from './moment.ts';

/** A block as the commands print it in JSON. */
export interface BlockFields {
  /** An address, or a net with its length. */
  readonly address: string;
  readonly reason: BlockReasonName;
  /** Those of the scan, ascending; empty if nobody noted them. */
  readonly ports: readonly number[];
  /** The operator's words. */
  readonly text?: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** null: for ever. */
  readonly until: string | null;
  readonly left_seconds: number | null;
  readonly packets: number;
  readonly bytes: number;
}

/** Ascending. */
export function portsOf(note: BlockNote | undefined): number[] {
  return [...(note?.ports ?? [])].sort((a, b) => a - b);
}

export function blockFields(block: BlockEntry, note: BlockNote | undefined, now: Moment): BlockFields {
  const { expiryNs } = block;
  return {
    address: formatPrefix(block.source, block.bits),
    reason: block.reason,
    ports: portsOf(note),
    ...(note?.text ? { text: note.text } : {}),
    since: isoOf(now, block.startNs),
    until: expiryNs === 0n ? null : isoOf(now, expiryNs),
    left_seconds: expiryNs === 0n ? null : Math.floor(Number(expiryNs - now.monotonicNs) / 1e9),
    packets: Number(block.packets),
    bytes: Number(block.bytes),
  };
}
