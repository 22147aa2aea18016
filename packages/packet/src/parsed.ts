import type { Branch } from './branch.ts';

import type { ProbeKind } from './kind.ts';

/**
 * What the parser makes of a frame. `malformed` cannot be parsed or is longer than the parser looks; `fragment`
 * is one that is not the first, so it has no ports; `syn` is what Linux would take for a SYN, or a first fragment that ends
 * before the flags; `not-syn` is all other TCP, also a SYN whose checksum is wrong; `not-tcp` has ports when it is UDP.
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
  /** IP protocol number behind all extension headers; there when ports are. */
  readonly protocol?: number;
  /** These two are there in `syn`, `not-syn`, and of UDP whose length can be right. */
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  /** These are there in `syn` and `not-syn`. */
  readonly sequence?: number;
  /** Bits of {@link TcpFlag}; not there in a first fragment that ends before them, which is taken for a SYN. */
  readonly flags?: number;
  /** Whether a segment has any; true also of a first fragment, more of which comes. */
  readonly hasPayload?: boolean;
  /** What the packet asks about its port with, if no socket owns it; undefined: it asks nothing. */
  readonly kind?: ProbeKind;
  /**
   * Whether the host would drop it for its checksum. Nobody knows of a fragment, of what could not be read whole, or of
   * more than 512 bytes: those are taken for right.
   */
  readonly isChecksumWrong?: boolean;
  /** It is a first fragment: more of it comes. */
  readonly isCut?: boolean;
  readonly vlanTags: number;
  /** IPv6 extension headers that were passed. */
  readonly extensionHeaders: number;
  /** Which ways the parser took, in order. */
  readonly branches: readonly Branch[];
}
