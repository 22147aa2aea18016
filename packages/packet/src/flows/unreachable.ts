import { mapIpv4 } from '../address.ts';
import { Cursor } from '../cursor.ts';
import { parseNetwork } from '../parse-network.ts';
import { parseTransport } from '../parse-transport.ts';
import { IPV4_BYTES, IPV6_BYTES, Protocol } from '../protocol.ts';

/** To which port of whom the packet went that somebody could not deliver. */
export interface Unreachable {
  /** IP protocol number. */
  readonly protocol: number;
  readonly destination: Uint8Array;
  readonly destinationPort: number;
}

/** Type, code, checksum, and four bytes more; then the beginning of the packet. */
const ICMP_BYTES = 8;
const UNREACHABLE_V4 = 3;
const UNREACHABLE_V6 = 1;
const PORTS_BYTES = 4;

/** Reads what an ICMP or ICMPv6 "destination unreachable" quotes; undefined: the frame is none, or quotes too little. */
export function readUnreachable(bytes: Uint8Array): Unreachable | undefined {
  const cursor = new Cursor(bytes, bytes.length);
  if ((parseNetwork(cursor) ?? parseTransport(cursor)) !== 'not-tcp') return undefined;
  const type = cursor.isIpv6 ? UNREACHABLE_V6 : UNREACHABLE_V4;
  if (cursor.protocol !== (cursor.isIpv6 ? Protocol.icmpv6 : Protocol.icmp)) return undefined;
  if (!cursor.fits(ICMP_BYTES) || cursor.u8(0) !== type) return undefined;
  cursor.position += ICMP_BYTES;
  return cursor.isIpv6 ? quotedIpv6(cursor) : quotedIpv4(cursor);
}

function quotedIpv4(c: Cursor): Unreachable | undefined {
  if (!c.fits(IPV4_BYTES)) return undefined;
  const header = (c.u8(0) & 0x0f) * 4;
  if (c.u8(0) >> 4 !== 4 || header < IPV4_BYTES || !c.fits(header + PORTS_BYTES)) return undefined;
  const destination = mapIpv4(c.bytes, c.position + 16);
  return { protocol: c.u8(9), destination, destinationPort: c.u16(header + 2) };
}

function quotedIpv6(c: Cursor): Unreachable | undefined {
  if (!c.fits(IPV6_BYTES + PORTS_BYTES) || c.u8(0) >> 4 !== 6) return undefined;
  const destination = c.bytes.slice(c.position + 24, c.position + 40);
  return { protocol: c.u8(6), destination, destinationPort: c.u16(IPV6_BYTES + 2) };
}
