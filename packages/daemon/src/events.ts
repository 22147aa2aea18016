/** What the daemon tells. Plain values; times are wall milliseconds since 1970, of the packet. */
import type { ProbeKind } from '@scanward/detector';
import type { BlockReasonName } from './ports.ts';
import type { ScanShape } from './scans/scan-shape.ts';

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

/** How ports were asked; `connect`: by SYNs, and the source completed a handshake. */
export type ScanKind = ProbeKind | 'connect';

/** What kind of scan it is; each is absent where nobody found out. */
export interface ScanLabels {
  /** Of the packet that crossed the threshold; absent where the detector of user mode found it: it counts over all kinds. */
  readonly probeKind?: ScanKind | undefined;
  readonly shape?: ScanShape | undefined;
  /** Own and protected addresses that it is known to have touched, where they are many. */
  readonly addressesCount?: number | undefined;
  /** `certain`: its source completed a handshake. `uncertain`: its packets may be forged. */
  readonly attribution?: 'certain' | 'uncertain' | undefined;
}

/** A scan is detected. It is in progress until its `ScanEndEvent`. */
export interface ScanEvent extends ScanLabels {
  readonly kind: 'scan';
  readonly timeMs: number;
  /** Of the packet that crossed the threshold. */
  readonly source: string;
  /** What is counted and blocked: the address, or its prefix such as `2001:db8:bad::/64`. */
  readonly sourcePrefix: string;
  readonly destination: string;
  /** Ascending. */
  readonly ports: readonly number[];
  /** Undefined where the detector of user mode found it: it counts over all interfaces. */
  readonly interface: string | undefined;
}

/** A scan is over, and this is all that is known of it. */
export interface ScanEndEvent extends ScanLabels {
  readonly kind: 'scan end';
  /** When it was over: its source was quiet for a window, or its block ended, or the daemon. */
  readonly timeMs: number;
  /** As they were told when it was detected. */
  readonly source: string;
  readonly sourcePrefix: string;
  readonly destination: string;
  /** Of the first and of the last packet that are known. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** The first 32, ascending. */
  readonly ports: readonly number[];
  /** How many there were. */
  readonly portsCount: number;
  /** Ports that a packet got through to and that are listened on now: the first 32, ascending. Undefined: nobody can say. */
  readonly open: readonly number[] | undefined;
  readonly openCount: number;
  /** By its block. Undefined: it had none. */
  readonly dropped: { readonly packets: bigint; readonly bytes: bigint } | undefined;
}

/** Many sources asked together for many ports that nobody listens on. None of them is blocked for it. */
export interface DistributedScanEvent {
  readonly kind: 'distributed scan';
  readonly timeMs: number;
  /** The first 32, ascending. */
  readonly ports: readonly number[];
  readonly portsCount: number;
  readonly sourcesCount: number;
  /** They did it within so many seconds. */
  readonly windowS: number;
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
  /** Of the block. */
  readonly reason: BlockReasonName;
}

/** `sources`: what a source did within the window was forgotten. */
export type LostWhat = 'connections' | 'scans' | 'scan ends' | 'blocks' | 'unblocks' | 'sources';
/** `line limit`, `block cap`: there were as many lines, or new blocks, within a minute as there may be. */
export type LostCause = 'ring full' | 'slow reader' | 'blocklist full' | 'tables full' | 'line limit' | 'block cap';

/** Something happened that could not be told, or could not be done. */
export interface LostEvent {
  readonly kind: 'lost';
  readonly timeMs: number;
  readonly what: LostWhat;
  readonly cause: LostCause;
  /** Since the last one of the same `what` and `cause`. */
  readonly count: number;
}

export type DaemonEvent =
  ConnectionEvent | ScanEvent | ScanEndEvent | DistributedScanEvent | BlockEvent | UnblockEvent | LostEvent;

/** An event as one line, without the line end. */
export type Format = (event: DaemonEvent) => string;
