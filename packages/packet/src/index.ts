export { isIpv4Mapped, mapIpv4, parseAddress } from './address.ts';
export { BRANCHES } from './branch.ts';
export type { Branch } from './branch.ts';
export { buildFrame } from './build.ts';
export { buildPcap, buildPcapng } from './capture/build-capture.ts';
export type { BlockDescription, PacketDescription, PcapDescription, PcapngOption } from './capture/build-capture.ts';
export { CaptureError } from './capture/capture-error.ts';
export type { CaptureErrorCode } from './capture/capture-error.ts';
export { CaptureReader } from './capture/capture-reader.ts';
export type { CapturedPacket, Direction } from './capture/captured-packet.ts';
export { BLOCK_BYTES_MAX, INTERFACES_MAX, PACKET_BYTES_MAX } from './capture/limits.ts';
export { LinkType, readsLinkType } from './capture/link-type.ts';
export { toEthernet } from './capture/to-ethernet.ts';
export type { CapturedFrame } from './capture/to-ethernet.ts';
export { checksum } from './checksum.ts';
export { completeFrame } from './complete-frame.ts';
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
export { CapturedSockets } from './flows/captured-sockets.ts';
export { HOST_ADDRESSES_MAX, HostSide } from './flows/host-side.ts';
export type { HostRule, Sighting } from './flows/host-side.ts';
export { TcpState } from './flows/tcp-state.ts';
export { readUnreachable } from './flows/unreachable.ts';
export type { Unreachable } from './flows/unreachable.ts';
export { parseFrame } from './parse.ts';
export { kindOf } from './kind.ts';
export type { ProbeKind } from './kind.ts';
export type { FrameClass, ParsedFrame } from './parsed.ts';
export { EtherType, Extension, IPV6_EXTENSIONS_MAX, Protocol, TcpFlag, VLAN_TAGS_MAX } from './protocol.ts';
