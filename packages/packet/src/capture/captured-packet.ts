/** Which way a packet went, as far as the capture says so. */
export type Direction = 'in' | 'out';

/** A packet as it stands in a capture. */
export interface CapturedPacket {
  /** Nanoseconds since 1970. */
  readonly timeNs: bigint;
  /** One that `readsLinkType` knows. */
  readonly linkType: number;
  /** What of it was kept. */
  readonly bytes: Uint8Array;
  /** Bytes that it had; never fewer than `bytes` has. */
  readonly originalLength: number;
  /** Number of its interface in the section; 0 in pcap. */
  readonly interfaceId: number;
  /** The name of the interface, if the capture says it. */
  readonly interfaceName?: string;
  /** By the packet's flags (pcapng); the link layer may know more. */
  readonly direction?: Direction;
  /** Where it begins in the capture. */
  readonly offset: number;
}
