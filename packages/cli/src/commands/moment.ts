import type { Clock } from '@scanward/daemon';

/** One moment on both clocks. */
export interface Moment {
  /** CLOCK_MONOTONIC: the time of the maps. */
  readonly monotonicNs: bigint;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
}

export function momentOf(clock: Pick<Clock, 'monotonicNs' | 'wallMs'>): Moment {
  return { monotonicNs: clock.monotonicNs(), wallMs: clock.wallMs() };
}

/** The wall time of a kernel time, in milliseconds since 1970. */
export function wallMsOf(now: Moment, timeNs: bigint): number {
  return Math.round(now.wallMs + Number(timeNs - now.monotonicNs) / 1e6);
}

/** The same in ISO 8601, UTC. */
export function isoOf(now: Moment, timeNs: bigint): string {
  return new Date(wallMsOf(now, timeNs)).toISOString();
}

/** Whether a block or a grace is in force: it has ended at its end, not after it. 0: it never ends. */
export function isInForce({ expiryNs }: { readonly expiryNs: bigint }, now: Moment): boolean {
  return expiryNs === 0n || expiryNs > now.monotonicNs;
}
