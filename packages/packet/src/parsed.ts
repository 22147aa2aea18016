import type { Branch } from './branch.ts';

/**
 * What the parser makes of a frame. `malformed` cannot be parsed or is longer than the parser looks; `fragment`
 * is one that is not the first, so it has no ports; `syn` is SYN without ACK.
 */
export type FrameClass = 'not-ip' | 'malformed' | 'not-tcp' | 'fragment' | 'not-syn' | 'syn';

/** A parsed frame. */
export interface ParsedFrame {
  readonly class: FrameClass;
  /** Bytes of the whole frame, which may be more than could be read. */
  readonly frameLength: number;
  /** 16 bytes; there as soon as the IP header was readable, whatever its lengths say and whatever came behind it. */
  readonly source?: Uint8Array;
  readonly destination?: Uint8Array;
  /** These four are there in `syn` and `not-syn`. */
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly sequence?: number;
  /** Bits of {@link TcpFlag}; not there in a first fragment that ends before them, which is taken for a SYN. */
  readonly flags?: number;
  readonly vlanTags: number;
  /** IPv6 extension headers that were passed. */
  readonly extensionHeaders: number;
  /** Which ways the parser took, in order. */
  readonly branches: readonly Branch[];
}
