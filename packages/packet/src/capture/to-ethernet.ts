import { EtherType, ETHERNET_BYTES } from '../protocol.ts';
import type { CapturedPacket, Direction } from './captured-packet.ts';
import { LinkType } from './link-type.ts';

/** A captured packet as an Ethernet frame. */
export interface CapturedFrame {
  /** With hardware addresses of zeros where the capture has none. */
  readonly bytes: Uint8Array;
  /** Bytes that the frame had; more than `bytes` where the capture cut it. */
  readonly frameLength: number;
  /** Which way it went, by its flags or its link layer. */
  readonly direction?: Direction;
}

/** A link layer: how long it is, and what it says. */
interface Link {
  readonly bytes: number;
  readonly etherType: number;
  readonly direction?: Direction;
}

const COOKED_BYTES = 16;
const COOKED2_BYTES = 20;
const LOOPBACK_BYTES = 4;
/** `sll_pkttype` */
const TO_US = 0;
const FROM_US = 4;
/** AF_INET; AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, and macOS. */
const FAMILY_IPV4 = 2;
const FAMILIES_IPV6: ReadonlySet<number> = new Set([10, 24, 28, 30]);
/** An EtherType that stands for nothing. */
const NO_ETHER_TYPE = 0;

/**
 * Any link type that is read, as an Ethernet frame, so that `parseFrame` reads it. What is too short for its link layer
 * becomes a frame without bytes, which is malformed.
 */
export function toEthernet({ linkType, bytes, originalLength, direction }: CapturedPacket): CapturedFrame {
  if (linkType === LinkType.ethernet) {
    return { bytes, frameLength: originalLength, ...(direction === undefined ? {} : { direction }) };
  }
  const link = linkOf(linkType, bytes);
  if (link === undefined) return { bytes: new Uint8Array(0), frameLength: 0 };
  const frame = new Uint8Array(ETHERNET_BYTES + bytes.length - link.bytes);
  frame[ETHERNET_BYTES - 2] = link.etherType >> 8;
  frame[ETHERNET_BYTES - 1] = link.etherType & 0xff;
  frame.set(bytes.subarray(link.bytes), ETHERNET_BYTES);
  const went = direction ?? link.direction;
  return {
    bytes: frame,
    frameLength: ETHERNET_BYTES + originalLength - link.bytes,
    ...(went === undefined ? {} : { direction: went }),
  };
}

function linkOf(linkType: number, bytes: Uint8Array): Link | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (linkType) {
    case LinkType.linuxCooked:
      return bytes.length < COOKED_BYTES
        ? undefined
        : { bytes: COOKED_BYTES, etherType: view.getUint16(14), ...went(view.getUint16(0)) };
    case LinkType.linuxCooked2:
      return bytes.length < COOKED2_BYTES
        ? undefined
        : { bytes: COOKED2_BYTES, etherType: view.getUint16(0), ...went(bytes[10]!) };
    case LinkType.null:
    case LinkType.loop:
      return bytes.length < LOOPBACK_BYTES
        ? undefined
        : { bytes: LOOPBACK_BYTES, etherType: etherTypeOfFamily(view.getUint32(0)) };
    case LinkType.ipv4:
      return { bytes: 0, etherType: EtherType.ipv4 };
    case LinkType.ipv6:
      return { bytes: 0, etherType: EtherType.ipv6 };
    default:
      return { bytes: 0, etherType: (bytes[0] ?? 0) >> 4 === 6 ? EtherType.ipv6 : EtherType.ipv4 };
  }
}

/** Broadcasts and what is for others says neither. */
function went(packetType: number): { readonly direction?: Direction } {
  if (packetType === TO_US) return { direction: 'in' };
  return packetType === FROM_US ? { direction: 'out' } : {};
}

/** The family is in the byte order of who wrote it, of which only one makes a small number. */
function etherTypeOfFamily(family: number): number {
  const small = family > 0xffff ? family >>> 24 : family;
  if (small === FAMILY_IPV4) return EtherType.ipv4;
  return FAMILIES_IPV6.has(small) ? EtherType.ipv6 : NO_ETHER_TYPE;
}
