import { mapIpv4, isIpv4Mapped } from './address.ts';
import type { Cursor } from './cursor.ts';
import type { FrameClass } from './parsed.ts';
import {
  ETHERNET_BYTES,
  EtherType,
  Extension,
  IPV4_BYTES,
  IPV6_BYTES,
  VLAN_TAG_BYTES,
  VLAN_TAGS_MAX,
} from './protocol.ts';

const OFFSET_MASK = 0x1fff;
const MORE_FRAGMENTS = 0x2000;

/** A parse function returns what the packet is where the parse ends, and `undefined` where it goes on. */
type Step = FrameClass | undefined;

function parseVlanTags(c: Cursor, etherType: number): number | undefined {
  let type = etherType;
  while (c.frame.vlanTags < VLAN_TAGS_MAX && (type === EtherType.vlan || type === EtherType.serviceVlan)) {
    if (!c.fits(VLAN_TAG_BYTES)) return undefined;
    type = c.u16(2);
    c.position += VLAN_TAG_BYTES;
    c.frame.vlanTags++;
    c.took(c.frame.vlanTags === 1 ? 'vlan-one' : 'vlan-two');
  }
  return type;
}

function parseIpv4(c: Cursor): Step {
  if (!c.fits(IPV4_BYTES)) return c.ends('malformed', 'ipv4-short');
  if (c.u8(0) >> 4 !== 4) return c.ends('malformed', 'ipv4-version');
  c.frame.source = mapIpv4(c.bytes, c.position + 12);
  c.frame.destination = mapIpv4(c.bytes, c.position + 16);
  const header = (c.u8(0) & 0x0f) * 4;
  const total = c.u16(2);
  if (header < IPV4_BYTES) return c.ends('malformed', 'ipv4-header-length');
  if (total < header) return c.ends('malformed', 'ipv4-total-below-header');
  if (c.position + total > c.frameLength) return c.ends('malformed', 'ipv4-total-beyond-frame');
  if (!c.fits(header)) return c.ends('malformed', 'ipv4-options-short');
  c.took('ipv4');
  if (header > IPV4_BYTES) c.took('ipv4-options');
  c.protocol = c.u8(9);
  c.isLaterFragment = (c.u16(6) & OFFSET_MASK) !== 0;
  c.isCut = (c.u16(6) & MORE_FRAGMENTS) !== 0;
  if (!c.isLaterFragment && c.isCut) c.took('ipv4-first-fragment');
  c.payloadEnd = c.position + total;
  c.position += header;
  return undefined;
}

function parseIpv6(c: Cursor): Step {
  if (!c.fits(IPV6_BYTES)) return c.ends('malformed', 'ipv6-short');
  if (c.u8(0) >> 4 !== 6) return c.ends('malformed', 'ipv6-version');
  const source = c.bytes.slice(c.position + 8, c.position + 24);
  // It has no place on the wire, and must not put the blame on an IPv4 host.
  if (isIpv4Mapped(source)) return c.ends('malformed', 'ipv6-source-mapped');
  c.frame.source = source;
  c.frame.destination = c.bytes.slice(c.position + 24, c.position + 40);
  c.protocol = c.u8(6);
  c.payloadEnd = c.position + IPV6_BYTES + c.u16(4);
  c.position += IPV6_BYTES;
  // Linux then looks no further than the frame's end: the options might hold a jumbo length.
  const ownLength = c.payloadEnd !== c.position || c.protocol !== Extension.hopByHop;
  if (!ownLength) c.payloadEnd = c.frameLength;
  if (c.payloadEnd === c.position) return c.ends('malformed', 'ipv6-payload-zero');
  if (c.payloadEnd > c.frameLength) return c.ends('malformed', 'ipv6-payload-beyond-frame');
  c.took(ownLength ? 'ipv6' : 'ipv6-payload-to-frame-end');
  return undefined;
}

/** Ethernet, VLAN tags and the IP header: whose packet it is. */
export function parseNetwork(c: Cursor): Step {
  if (!c.fits(ETHERNET_BYTES)) return c.ends('malformed', 'ethernet-short');
  const outer = c.u16(12);
  c.position += ETHERNET_BYTES;
  const type = parseVlanTags(c, outer);
  if (type === undefined) return c.ends('malformed', 'vlan-short');
  if (type === EtherType.ipv4) return parseIpv4(c);
  c.isIpv6 = type === EtherType.ipv6;
  return c.isIpv6 ? parseIpv6(c) : c.ends('not-ip', 'ethertype-other');
}
