import type { CounterValues } from '@scanward/daemon';
import { Verdict } from '@scanward/map-codec';

/** The counters at a moment. */
export interface Reading {
  readonly monotonicNs: bigint;
  readonly counters: CounterValues;
}

/** What happened between two readings, per second. */
export interface Rates {
  readonly connections: number;
  /** Probes of other kinds than SYN. */
  readonly probes: number;
  readonly dropped: number;
  readonly droppedBytes: number;
}

/** Packets and bytes of these verdicts. */
export function tally({ verdicts }: CounterValues, ...which: readonly Verdict[]): { packets: bigint; bytes: bigint } {
  const tallies = which.map((verdict) => verdicts[verdict]);
  return {
    packets: tallies.reduce((sum, one) => sum + (one?.packets ?? 0n), 0n),
    bytes: tallies.reduce((sum, one) => sum + (one?.bytes ?? 0n), 0n),
  };
}

export const droppedOf = (counters: CounterValues) => tally(counters, Verdict.DROP_BLOCKED, Verdict.DROP_THRESHOLD);

/** Never below zero: of other maps, which count anew, nothing is known. */
export function ratesBetween(before: Reading, now: Reading): Rates {
  const per = (was: bigint, is: bigint) => perSecond(is - was, now.monotonicNs - before.monotonicNs);
  const packets = (verdict: Verdict) =>
    per(tally(before.counters, verdict).packets, tally(now.counters, verdict).packets);
  const [was, is] = [droppedOf(before.counters), droppedOf(now.counters)];
  return {
    connections: packets(Verdict.PASS_CONNECTION),
    probes: packets(Verdict.PASS_PROBE),
    dropped: per(was.packets, is.packets),
    droppedBytes: per(was.bytes, is.bytes),
  };
}

export function perSecond(count: bigint, ns: bigint): number {
  return count > 0n && ns > 0n ? (Number(count) * 1e9) / Number(ns) : 0;
}
