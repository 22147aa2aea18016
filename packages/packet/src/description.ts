/** An address as text (`192.0.2.1`, `2001:db8::1`) or as 16 bytes, IPv4 as IPv4-mapped. */
export type AddressLike = string | Uint8Array;

export interface EthernetDescription {
  /** 6 bytes; default 02:00:00:00:00:02. */
  readonly destination?: Uint8Array;
  /** 6 bytes; default 02:00:00:00:00:01. */
  readonly source?: Uint8Array;
  /** Default: what the network layer is. With VLAN tags it stands in the last one. */
  readonly etherType?: number;
}

export interface VlanDescription {
  /** EtherType in front of the tag: 0x8100 (default) or 0x88a8. */
  readonly protocol?: number;
  /** 12 bits; default 1. */
  readonly id?: number;
  /** 3 bits; default 0. */
  readonly priority?: number;
}

export interface Ipv4Description {
  readonly kind: 'ipv4';
  readonly source: AddressLike;
  readonly destination: AddressLike;
  /** Option bytes, filled up with zeros to whole words; 40 at most. */
  readonly options?: Uint8Array;
  readonly typeOfService?: number;
  readonly identification?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** In units of 8 bytes; default 0. */
  readonly fragmentOffset?: number;
  /** Default 64. */
  readonly ttl?: number;
  /** These override what would be right. */
  readonly version?: number;
  /** In words of 4 bytes. */
  readonly headerWords?: number;
  readonly totalLength?: number;
  readonly protocol?: number;
  readonly checksum?: number;
}

/** One IPv6 extension header. */
export type ExtensionDescription =
  | {
      readonly kind: 'hop-by-hop' | 'routing' | 'destination' | 'mobility' | 'hip' | 'shim6' | 'authentication';
      /** Bytes behind the first two, filled up with zeros to the next possible length; default none. */
      readonly content?: Uint8Array;
      /** These override what would be right. */
      readonly next?: number;
      readonly length?: number;
    }
  | {
      readonly kind: 'fragment';
      /** In units of 8 bytes; default 0. */
      readonly offset?: number;
      readonly moreFragments?: boolean;
      readonly identification?: number;
      readonly next?: number;
    };

export interface Ipv6Description {
  readonly kind: 'ipv6';
  readonly source: AddressLike;
  readonly destination: AddressLike;
  readonly extensions?: readonly ExtensionDescription[];
  readonly trafficClass?: number;
  readonly flowLabel?: number;
  /** Default 64. */
  readonly hopLimit?: number;
  /** These override what would be right. */
  readonly version?: number;
  readonly payloadLength?: number;
  readonly next?: number;
}

export interface TcpDescription {
  readonly kind: 'tcp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  /** Bits of {@link TcpFlag}; default SYN. */
  readonly flags?: number;
  /** Option bytes, filled up with zeros to whole words; 40 at most. */
  readonly options?: Uint8Array;
  readonly window?: number;
  readonly payload?: Uint8Array;
  /** These override what would be right. */
  readonly headerWords?: number;
  readonly checksum?: number;
}

export interface UdpDescription {
  readonly kind: 'udp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload?: Uint8Array;
  /** These override what would be right. */
  readonly length?: number;
  readonly checksum?: number;
}

/** ICMP over IPv4, ICMPv6 over IPv6; default an echo request. */
export interface IcmpDescription {
  readonly kind: 'icmp';
  readonly type?: number;
  readonly code?: number;
  /** The four bytes behind the checksum. */
  readonly rest?: number;
  readonly payload?: Uint8Array;
  readonly checksum?: number;
}

/** Any bytes, as any protocol. */
export interface RawDescription {
  readonly kind: 'raw';
  /** IP protocol number, or EtherType where it stands for the network layer. */
  readonly protocol: number;
  readonly bytes: Uint8Array;
}

export type TransportDescription = TcpDescription | UdpDescription | IcmpDescription | RawDescription;

/** A frame, layer by layer. Lengths and checksums are made right unless given. */
export interface FrameDescription {
  readonly ethernet?: EthernetDescription;
  /** Outer tag first. */
  readonly vlans?: readonly VlanDescription[];
  readonly network: Ipv4Description | Ipv6Description | RawDescription;
  /** Default: nothing behind the IP header. */
  readonly transport?: TransportDescription;
  /** Zero bytes behind the IP packet, as Ethernet pads short frames; default 0. */
  readonly padding?: number;
}
