import type { Syn } from './syn-table.ts';
import type { VerdictCode } from './verdict.ts';

/** A parsed frame: what `parseFrame` of @scanward/packet returns, as far as it matters here. */
export interface ParsedPacket {
  readonly class: 'not-ip' | 'malformed' | 'not-tcp' | 'fragment' | 'not-syn' | 'syn';
  readonly frameLength: number;
  /** There as soon as the IP header was readable. */
  readonly source?: Uint8Array;
  readonly destination?: Uint8Array;
  /** These three are there in a SYN. */
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly sequence?: number;
}

/** `struct connection`. */
export interface ConnectionRecord {
  readonly timeNs: bigint;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly ifindex: number;
}

/** `struct scan`. */
export interface ScanRecord {
  readonly timeNs: bigint;
  /** Of the packet that crossed the threshold. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** Of the block; 0n: for ever, or no block. */
  readonly expiryNs: bigint;
  readonly ifindex: number;
  readonly sourceBits: number;
  readonly blocked: 0 | 1;
  /** The last one first; those within the window. */
  readonly ports: readonly number[];
}

/** What the program makes of one packet. */
export interface Outcome {
  readonly verdict: VerdictCode;
  readonly connection?: ConnectionRecord;
  readonly scan?: ScanRecord;
}

/** One packet on its way through the steps. */
export interface Passage {
  readonly syn: Syn;
  readonly source: Uint8Array;
  readonly sourceBits: number;
  readonly nowNs: bigint;
  readonly ifindex: number;
}
