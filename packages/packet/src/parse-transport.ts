import type { Branch } from './branch.ts';
import { isChecksumWrong } from './check.ts';
import type { Cursor } from './cursor.ts';
import { kindOf } from './kind.ts';
import type { FrameClass } from './parsed.ts';
import {
  Extension,
  IPV6_EXTENSIONS_MAX,
  Protocol,
  TCP_BYTES,
  TCP_FLAGS_BYTES,
  TCP_START_BYTES,
  TcpFlag,
  UDP_BYTES,
} from './protocol.ts';

/** The smallest extension header, and the whole of a fragment header. */
const EXTENSION_BYTES = 8;
const OFFSET_MASK = 0xfff8;
const MORE_FRAGMENTS = 1;

const EXTENSION_BRANCH = new Map<number, Branch>([
  [Extension.hopByHop, 'extension-hop-by-hop'],
  [Extension.routing, 'extension-routing'],
  [Extension.fragment, 'extension-first-fragment'],
  [Extension.authentication, 'extension-authentication'],
  [Extension.destination, 'extension-destination'],
  [Extension.mobility, 'extension-mobility'],
  [Extension.hip, 'extension-hip'],
  [Extension.shim6, 'extension-shim6'],
]);

function extensionBytes(protocol: number, length: number): number {
  if (protocol === Extension.fragment) return EXTENSION_BYTES;
  return protocol === Extension.authentication ? (length + 2) * 4 : (length + 1) * 8;
}

function parseExtension(c: Cursor, branch: Branch): FrameClass | undefined {
  if (c.frame.extensionHeaders === IPV6_EXTENSIONS_MAX) return c.ends('malformed', 'extension-too-many');
  if (!c.fits(EXTENSION_BYTES)) return c.ends('malformed', 'extension-short');
  const bytes = extensionBytes(c.protocol, c.u8(1));
  if (!c.fits(bytes)) return c.ends('malformed', 'extension-short');
  if (!c.isWithinPayload(bytes)) return c.ends('malformed', 'extension-beyond-payload');
  if (c.protocol === Extension.fragment && (c.u16(2) & OFFSET_MASK) !== 0) {
    return c.ends('fragment', 'extension-later-fragment');
  }
  if (c.protocol === Extension.fragment) c.isCut = (c.u16(2) & MORE_FRAGMENTS) !== 0;
  c.took(branch);
  c.frame.extensionHeaders++;
  c.protocol = c.u8(0);
  c.position += bytes;
  return undefined;
}

function parseExtensions(c: Cursor): FrameClass | undefined {
  for (;;) {
    const branch = EXTENSION_BRANCH.get(c.protocol);
    if (branch === undefined) return undefined;
    const step = parseExtension(c, branch);
    if (step !== undefined) return step;
  }
}

function takeTcpStart(c: Cursor): void {
  c.frame.protocol = c.protocol;
  c.frame.isCut = c.isCut;
  c.frame.sourcePort = c.u16(0);
  c.frame.destinationPort = c.u16(2);
  c.frame.sequence = c.u32(4);
}

function parseTcpFlags(c: Cursor): FrameClass {
  takeTcpStart(c);
  const flags = c.u8(13);
  const length = c.payloadEnd - c.position;
  c.frame.flags = flags;
  c.frame.hasPayload = c.isCut || length > (c.u8(12) >> 4) * 4;
  const kind = kindOf(flags, c.frame.hasPayload);
  if (kind !== undefined) c.frame.kind = kind;
  c.frame.isChecksumWrong = isChecksumWrong(c, length);
  if (c.frame.isChecksumWrong) c.took('checksum-wrong');
  if (kind === 'syn' && !c.frame.isChecksumWrong) return c.ends('syn', 'tcp-syn');
  return c.ends('not-syn', (flags & TcpFlag.syn) === 0 ? 'tcp-not-syn' : 'tcp-syn-other');
}

/** A fragment may end within the header (nmap -f). Linux puts it together, so without the flags it counts like a SYN. */
function parseCutTcp(c: Cursor): FrameClass {
  // Of 8 to 15 bytes Linux keeps 8.
  const hasFlags = c.isWithinPayload(TCP_FLAGS_BYTES);
  const needed = hasFlags ? TCP_FLAGS_BYTES : TCP_START_BYTES;
  if (!c.fits(needed)) return c.ends('malformed', 'tcp-short');
  if (!c.isWithinPayload(needed)) return c.ends('malformed', 'tcp-beyond-payload');
  if (!hasFlags) {
    takeTcpStart(c);
    c.frame.kind = 'fragment';
    c.frame.hasPayload = true;
    return c.ends('syn', 'tcp-cut-before-flags');
  }
  return (c.u8(12) >> 4) * 4 < TCP_BYTES ? c.ends('malformed', 'tcp-header-length') : parseTcpFlags(c);
}

function parseTcp(c: Cursor): FrameClass {
  if (c.isCut) return parseCutTcp(c);
  if (!c.fits(TCP_BYTES)) return c.ends('malformed', 'tcp-short');
  if (!c.isWithinPayload(TCP_BYTES)) return c.ends('malformed', 'tcp-beyond-payload');
  const header = (c.u8(12) >> 4) * 4;
  if (header < TCP_BYTES) return c.ends('malformed', 'tcp-header-length');
  if (!c.isWithinPayload(header)) return c.ends('malformed', 'tcp-options-beyond-payload');
  // Nobody reads the options, so they may be outside the linear part.
  if (!c.fits(header)) c.took('tcp-options-not-linear');
  return parseTcpFlags(c);
}

/** UDP counts only when Linux would look for its socket. IPv6 may leave the length out. */
function parseUdp(c: Cursor): FrameClass {
  const left = c.payloadEnd - c.position;
  if (!c.fits(UDP_BYTES) || left < UDP_BYTES) return c.ends('not-tcp', 'udp-short');
  const length = c.u16(4) === 0 && c.isIpv6 ? left : c.u16(4);
  if (length < UDP_BYTES || (!c.isCut && length > left)) return c.ends('not-tcp', 'udp-length');
  c.frame.protocol = c.protocol;
  c.frame.isCut = c.isCut;
  c.frame.sourcePort = c.u16(0);
  c.frame.destinationPort = c.u16(2);
  c.frame.kind = 'udp';
  c.frame.isChecksumWrong = isChecksumWrong(c, length);
  if (c.frame.isChecksumWrong) c.took('checksum-wrong');
  return c.ends('not-tcp', 'udp');
}

/** What is behind the IP header: a SYN, or what else the packet is. */
export function parseTransport(c: Cursor): FrameClass {
  if (c.isLaterFragment) return c.ends('fragment', 'ipv4-later-fragment');
  const step = c.isIpv6 ? parseExtensions(c) : undefined;
  if (step !== undefined) return step;
  if (c.protocol === Protocol.tcp) return parseTcp(c);
  return c.protocol === Protocol.udp ? parseUdp(c) : c.ends('not-tcp', 'protocol-other');
}
