import type { ProbeKind } from './kind.ts';
import type { PortStateCode } from './socket.ts';
import type { VerdictCode } from './verdict.ts';

/** A parsed frame: what `parseFrame` of @scanward/packet returns, as far as it matters here. */
export interface ParsedPacket {
  readonly class: 'not-ip' | 'malformed' | 'not-tcp' | 'fragment' | 'not-syn' | 'syn';
  readonly frameLength: number;
  /** There as soon as the IP header was readable. */
  readonly source?: Uint8Array;
  readonly destination?: Uint8Array;
  /** These three are there in TCP and UDP. */
  readonly protocol?: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  /** Of TCP. */
  readonly sequence?: number;
  readonly flags?: number;
  /** Of TCP; true also of a first fragment. */
  readonly hasPayload?: boolean;
  /** What it asks about its port with; undefined: nothing. */
  readonly kind?: ProbeKind;
  readonly isChecksumWrong?: boolean;
  /** It is a first fragment. */
  readonly isCut?: boolean;
}

/** A packet with ports: what a socket is asked for by. */
export type PortedPacket = ParsedPacket &
  Required<Pick<ParsedPacket, 'source' | 'destination' | 'protocol' | 'sourcePort' | 'destinationPort'>>;

/** `struct connection`. */
export interface ConnectionRecord {
  readonly timeNs: bigint;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly ifindex: number;
  /** A number of {@link RecordKind}. */
  readonly kind: number;
  readonly portState: PortStateCode;
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
  /** Of the packet that crossed: a number of {@link RecordKind}. */
  readonly kind: number;
  /** `enum block_outcome`; 0: nobody is to be blocked. */
  readonly outcome: number;
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
  readonly packet: PortedPacket;
  readonly source: Uint8Array;
  readonly sourceBits: number;
  readonly nowNs: bigint;
  readonly ifindex: number;
}
