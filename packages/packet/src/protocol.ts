/** Numbers of the wire that the parser and the builder share. Names as in the RFCs and `<linux/if_ether.h>`. */
export const EtherType = { ipv4: 0x0800, ipv6: 0x86dd, arp: 0x0806, vlan: 0x8100, serviceVlan: 0x88a8 } as const;

/** IP protocol numbers. */
export const Protocol = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, none: 59 } as const;

/** IPv6 extension headers that the parser walks. */
export const Extension = {
  hopByHop: 0,
  routing: 43,
  fragment: 44,
  authentication: 51,
  destination: 60,
  mobility: 135,
  hip: 139,
  shim6: 140,
} as const;

/** TCP flags, as bits of byte 13 of the header. */
export const TcpFlag = {
  fin: 0x01,
  syn: 0x02,
  rst: 0x04,
  psh: 0x08,
  ack: 0x10,
  urg: 0x20,
  ece: 0x40,
  cwr: 0x80,
} as const;

/** More VLAN tags than these: not IP to us. */
export const VLAN_TAGS_MAX = 2;
/** More extension headers than these: malformed. */
export const IPV6_EXTENSIONS_MAX = 8;

export const ETHERNET_BYTES = 14;
export const VLAN_TAG_BYTES = 4;
export const IPV4_BYTES = 20;
export const IPV6_BYTES = 40;
export const TCP_BYTES = 20;
/** Ports and sequence number. */
export const TCP_START_BYTES = 8;
/** Up to the flags, in whole units of a fragment. */
export const TCP_FLAGS_BYTES = 16;
export const UDP_BYTES = 8;
