/** What the daemon tells. Plain values; times are wall milliseconds since 1970, of the packet. */
import type { ProbeKind } from '@scanward/detector';
import type { BlockReasonName } from './ports.ts';

/** An incoming TCP SYN. */
export interface ConnectionEvent {
  readonly kind: 'connection';
  readonly timeMs: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** Name of the interface it came in by. */
  readonly interface: string;
}

export interface ScanEvent {
  readonly kind: 'scan';
  readonly timeMs: number;
  /** Of the packet that crossed the threshold. */
  readonly source: string;
  /** What is counted and blocked: the address, or its prefix such as `2001:db8:bad::/64`. */
  readonly sourcePrefix: string;
  readonly destination: string;
  /** Ascending. */
  readonly ports: readonly number[];
  /** Of the packet that crossed the threshold; undefined where the detector of user mode found it: it counts over all kinds. */
  readonly probe?: ProbeKind | undefined;
  /** Undefined where the detector of user mode found it: it counts over all interfaces. */
  readonly interface: string | undefined;
}

export interface BlockEvent {
  readonly kind: 'block';
  readonly timeMs: number;
  /** The address, or the first of the prefix. */
  readonly source: string;
  readonly sourcePrefix: string;
  /** Undefined: for ever. */
  readonly untilMs: number | undefined;
  readonly reason: BlockReasonName;
}

export interface UnblockEvent {
  readonly kind: 'unblock';
  /** When it ended, which may be earlier than when it is told. */
  readonly timeMs: number;
  readonly source: string;
  readonly sourcePrefix: string;
}

/** `sources`: what a source did within the window was forgotten. */
export type LostWhat = 'connections' | 'scans' | 'blocks' | 'unblocks' | 'sources';
export type LostCause = 'ring full' | 'slow reader' | 'blocklist full' | 'too many within a minute' | 'tables full';

/** Something happened that could not be told, or could not be done. */
export interface LostEvent {
  readonly kind: 'lost';
  readonly timeMs: number;
  readonly what: LostWhat;
  readonly cause: LostCause;
  /** Since the last one of the same `what` and `cause`. */
  readonly count: number;
}

export type DaemonEvent = ConnectionEvent | ScanEvent | BlockEvent | UnblockEvent | LostEvent;

/** An event as one line, without the line end. */
export type Format = (event: DaemonEvent) => string;
