import type { LostTotal } from './output.ts';

/** What happened between start and stop. */
export interface Summary {
  /** Distinct incoming SYNs that were let through. */
  readonly connections: bigint;
  readonly scans: bigint;
  readonly blocks: bigint;
  /** Packets dropped: of blocked sources, and those over the threshold. */
  readonly droppedPackets: bigint;
  readonly droppedBytes: bigint;
  readonly lost: readonly LostTotal[];
  readonly runMs: number;
}

/** The closing line. */
export function formatSummary(summary: Summary): string {
  const lost = summary.lost.map(({ what, cause, count }) => `${count} ${what} (${cause})`).join(', ');
  return (
    `saw ${summary.connections} connections and ${summary.scans} scans, made ${summary.blocks} blocks, ` +
    `dropped ${summary.droppedPackets} packets (${summary.droppedBytes} bytes), ` +
    `lost ${lost || 'nothing'}, in ${(summary.runMs / 1000).toFixed(1)} s`
  );
}
