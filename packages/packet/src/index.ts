export { isIpv4Mapped, mapIpv4, parseAddress } from './address.ts';
export { BRANCHES } from './branch.ts';
export type { Branch } from './branch.ts';
export { buildFrame } from './build.ts';
export { checksum } from './checksum.ts';
export type {
  AddressLike,
  EthernetDescription,
  ExtensionDescription,
  FrameDescription,
  IcmpDescription,
  Ipv4Description,
  Ipv6Description,
  RawDescription,
  TcpDescription,
  TransportDescription,
  UdpDescription,
  VlanDescription,
} from './description.ts';
export { parseFrame } from './parse.ts';
export { kindOf } from './kind.ts';
export type { ProbeKind } from './kind.ts';
export type { FrameClass, ParsedFrame } from './parsed.ts';
export { EtherType, Extension, IPV6_EXTENSIONS_MAX, Protocol, TcpFlag, VLAN_TAGS_MAX } from './protocol.ts';
