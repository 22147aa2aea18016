import { parseAddress } from './address.ts';
import { buildExtensions } from './build-extensions.ts';
import { buildTransport } from './build-transport.ts';
import { concat, padded, put } from './bytes.ts';
import { checksum } from './checksum.ts';
import type {
  AddressLike,
  EthernetDescription,
  FrameDescription,
  Ipv4Description,
  Ipv6Description,
  TransportDescription,
  VlanDescription,
} from './description.ts';
import { ETHERNET_BYTES, EtherType, IPV4_BYTES, IPV6_BYTES, VLAN_TAG_BYTES } from './protocol.ts';

function addressBytes(address: AddressLike): Uint8Array {
  const bytes = typeof address === 'string' ? parseAddress(address) : address;
  if (bytes.length !== 16) throw new RangeError(`an address has 16 bytes, not ${bytes.length}`);
  return bytes;
}

function buildIpv4(ip: Ipv4Description, transport: TransportDescription | undefined): Uint8Array {
  const source = addressBytes(ip.source).subarray(12);
  const destination = addressBytes(ip.destination).subarray(12);
  const { protocol, bytes } = buildTransport(transport, { isIpv6: false, addresses: concat([source, destination]) });
  const header = concat([new Uint8Array(IPV4_BYTES), padded(ip.options ?? new Uint8Array(0), 4)]);
  const flags = (ip.dontFragment === true ? 0x4000 : 0) | (ip.moreFragments === true ? 0x2000 : 0);
  put(header, 0, 1, ((ip.version ?? 4) << 4) | ((ip.headerWords ?? header.length / 4) & 0x0f));
  put(header, 1, 1, ip.typeOfService ?? 0);
  put(header, 2, 2, ip.totalLength ?? header.length + bytes.length);
  put(header, 4, 2, ip.identification ?? 0);
  put(header, 6, 2, flags | ((ip.fragmentOffset ?? 0) & 0x1fff));
  put(header, 8, 1, ip.ttl ?? 64);
  put(header, 9, 1, ip.protocol ?? protocol);
  header.set(source, 12);
  header.set(destination, 16);
  put(header, 10, 2, ip.checksum ?? checksum(header));
  return concat([header, bytes]);
}

function buildIpv6(ip: Ipv6Description, transport: TransportDescription | undefined): Uint8Array {
  const addresses = concat([addressBytes(ip.source), addressBytes(ip.destination)]);
  const { protocol, bytes } = buildTransport(transport, { isIpv6: true, addresses });
  const { first, bytes: extensions } = buildExtensions(ip.extensions ?? [], protocol);
  const header = new Uint8Array(IPV6_BYTES);
  const classAndLabel = (ip.trafficClass ?? 0) * 0x100000 + (ip.flowLabel ?? 0);
  put(header, 0, 4, (ip.version ?? 6) * 0x10000000 + classAndLabel);
  put(header, 4, 2, ip.payloadLength ?? extensions.length + bytes.length);
  put(header, 6, 1, ip.next ?? first);
  put(header, 7, 1, ip.hopLimit ?? 64);
  header.set(addresses, 8);
  return concat([header, extensions, bytes]);
}

function buildNetwork(frame: FrameDescription): { etherType: number; bytes: Uint8Array } {
  switch (frame.network.kind) {
    case 'ipv4':
      return { etherType: EtherType.ipv4, bytes: buildIpv4(frame.network, frame.transport) };
    case 'ipv6':
      return { etherType: EtherType.ipv6, bytes: buildIpv6(frame.network, frame.transport) };
    case 'raw':
      return { etherType: frame.network.protocol, bytes: frame.network.bytes };
  }
}

function buildLink(ethernet: EthernetDescription, vlans: readonly VlanDescription[], etherType: number): Uint8Array {
  const bytes = new Uint8Array(ETHERNET_BYTES + VLAN_TAG_BYTES * vlans.length);
  bytes.set(ethernet.destination ?? [2, 0, 0, 0, 0, 2], 0);
  bytes.set(ethernet.source ?? [2, 0, 0, 0, 0, 1], 6);
  vlans.forEach((vlan, index) => {
    put(bytes, 12 + 4 * index, 2, vlan.protocol ?? EtherType.vlan);
    put(bytes, 14 + 4 * index, 2, ((vlan.priority ?? 0) << 13) | (vlan.id ?? 1));
  });
  put(bytes, bytes.length - 2, 2, ethernet.etherType ?? etherType);
  return bytes;
}

/**
 * Builds a frame for tests and traffic. Lengths, protocol numbers and checksums (IPv4 header, TCP, UDP, ICMP) are
 * made right; each can be overridden to build a frame that is wrong in one place.
 *
 * @throws RangeError on an address that is none.
 */
export function buildFrame(frame: FrameDescription): Uint8Array {
  const { etherType, bytes } = buildNetwork(frame);
  const link = buildLink(frame.ethernet ?? {}, frame.vlans ?? [], etherType);
  return concat([link, bytes, new Uint8Array(frame.padding ?? 0)]);
}
