import { concat, padded, put } from './bytes.ts';
import { checksum } from './checksum.ts';
import type { IcmpDescription, TcpDescription, TransportDescription, UdpDescription } from './description.ts';
import { Protocol, TCP_BYTES, TcpFlag, UDP_BYTES } from './protocol.ts';

const NOTHING = new Uint8Array(0);

/** What a transport header needs of the IP header: the pseudo header of its checksum. */
export interface PseudoHeader {
  readonly isIpv6: boolean;
  /** Source and destination: 4 bytes each, or 16. */
  readonly addresses: Uint8Array;
}

export interface Transport {
  readonly protocol: number;
  readonly bytes: Uint8Array;
}

function pseudoHeader(pseudo: PseudoHeader, protocol: number, length: number): Uint8Array {
  const tail = new Uint8Array(8);
  put(tail, 0, 4, length);
  put(tail, 4, 4, protocol);
  return concat([pseudo.addresses, tail]);
}

function sum(bytes: Uint8Array, pseudo: PseudoHeader | undefined, protocol: number): number {
  return pseudo === undefined ? checksum(bytes) : checksum(pseudoHeader(pseudo, protocol, bytes.length), bytes);
}

function buildTcp(tcp: TcpDescription, pseudo: PseudoHeader | undefined): Uint8Array {
  const options = padded(tcp.options ?? NOTHING, 4);
  const header = new Uint8Array(TCP_BYTES);
  put(header, 0, 2, tcp.sourcePort);
  put(header, 2, 2, tcp.destinationPort);
  put(header, 4, 4, tcp.sequence ?? 0);
  put(header, 8, 4, tcp.acknowledgement ?? 0);
  put(header, 12, 1, ((tcp.headerWords ?? (TCP_BYTES + options.length) / 4) & 0x0f) << 4);
  put(header, 13, 1, tcp.flags ?? TcpFlag.syn);
  put(header, 14, 2, tcp.window ?? 64_240);
  const bytes = concat([header, options, tcp.payload ?? NOTHING]);
  put(bytes, 16, 2, tcp.checksum ?? sum(bytes, pseudo, Protocol.tcp));
  return bytes;
}

function buildUdp(udp: UdpDescription, pseudo: PseudoHeader | undefined): Uint8Array {
  const bytes = concat([new Uint8Array(UDP_BYTES), udp.payload ?? NOTHING]);
  put(bytes, 0, 2, udp.sourcePort);
  put(bytes, 2, 2, udp.destinationPort);
  put(bytes, 4, 2, udp.length ?? bytes.length);
  // Zero would say "no checksum" (RFC 768).
  put(bytes, 6, 2, udp.checksum ?? (sum(bytes, pseudo, Protocol.udp) || 0xffff));
  return bytes;
}

function buildIcmp(icmp: IcmpDescription, pseudo: PseudoHeader | undefined): Uint8Array {
  const isIpv6 = pseudo?.isIpv6 === true;
  const bytes = concat([new Uint8Array(8), icmp.payload ?? NOTHING]);
  put(bytes, 0, 1, icmp.type ?? (isIpv6 ? 128 : 8));
  put(bytes, 1, 1, icmp.code ?? 0);
  put(bytes, 4, 4, icmp.rest ?? 0);
  // Only the checksum of ICMPv6 counts the addresses in.
  put(bytes, 2, 2, icmp.checksum ?? sum(bytes, isIpv6 ? pseudo : undefined, Protocol.icmpv6));
  return bytes;
}

/** The transport layer's bytes and its protocol number. */
export function buildTransport(transport: TransportDescription | undefined, pseudo?: PseudoHeader): Transport {
  switch (transport?.kind) {
    case undefined:
      return { protocol: Protocol.none, bytes: NOTHING };
    case 'tcp':
      return { protocol: Protocol.tcp, bytes: buildTcp(transport, pseudo) };
    case 'udp':
      return { protocol: Protocol.udp, bytes: buildUdp(transport, pseudo) };
    case 'icmp':
      return {
        protocol: pseudo?.isIpv6 === true ? Protocol.icmpv6 : Protocol.icmp,
        bytes: buildIcmp(transport, pseudo),
      };
    case 'raw':
      return transport;
  }
}
