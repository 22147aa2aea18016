import { Verdict } from '@scanward/map-codec';
import type { LostTotal } from './lost-book.ts';
import type { CounterValues } from './ports.ts';

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

/** What the daemon counted itself. */
export interface OwnCounts {
  /** Detected. */
  readonly scans: number;
  /** Made by the daemon's own decision. */
  readonly blocks: number;
  readonly lost: readonly LostTotal[];
  readonly runMs: number;
}

/** @param before the program's counters at the start; undefined: all were zero */
export function summarize(before: CounterValues | undefined, now: CounterValues, own: OwnCounts): Summary {
  const counted = (verdict: Verdict) => ({ then: before?.verdicts[verdict], now: now.verdicts[verdict] });
  const packets = (verdict: Verdict) => since(counted(verdict).then?.packets, counted(verdict).now?.packets);
  const bytes = (verdict: Verdict) => since(counted(verdict).then?.bytes, counted(verdict).now?.bytes);
  return {
    connections: packets(Verdict.PASS_CONNECTION),
    scans: BigInt(own.scans) + since(before?.scansLost, now.scansLost),
    blocks: BigInt(own.blocks) + since(before?.blocksMade, now.blocksMade),
    droppedPackets: packets(Verdict.DROP_BLOCKED) + packets(Verdict.DROP_THRESHOLD),
    droppedBytes: bytes(Verdict.DROP_BLOCKED) + bytes(Verdict.DROP_THRESHOLD),
    lost: own.lost,
    runMs: own.runMs,
  };
}

const since = (before = 0n, now = 0n): bigint => now - before;

/** The closing line. */
export function formatSummary(summary: Summary): string {
  const lost = summary.lost.map(({ what, cause, count }) => `${count} ${what} (${cause})`).join(', ');
  return (
    `saw ${summary.connections} connections and ${summary.scans} scans, made ${summary.blocks} blocks, ` +
    `dropped ${summary.droppedPackets} packets (${summary.droppedBytes} bytes), ` +
    `lost ${lost || 'nothing'}, in ${(summary.runMs / 1000).toFixed(1)} s`
  );
}
