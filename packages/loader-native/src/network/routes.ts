import { nativeSys } from '../sys/native-sys.ts';
import type { Sys } from '../sys/sys.ts';
import { decodeAttributes, fixed, NetlinkFormatError, Type, u16, u32 } from './codec.ts';
import { dump } from './exchange.ts';

/** One way of a route; a route of several next hops is several of these. */
export interface NetworkRoute {
  readonly family: 4 | 6;
  /** 4 or 16 bytes; all zero with `prefix` 0 is the default route. */
  readonly destination: Uint8Array;
  readonly prefix: number;
  /** 254 is the main table. */
  readonly table: number;
  /** RTN_UNICAST is 1. */
  readonly type: number;
  readonly metric: number;
  readonly ifindex: number | undefined;
  /** 4 or 16 bytes: an IPv4 route may have an IPv6 gateway. */
  readonly gateway: Uint8Array | undefined;
}

const HEADER = 12;
const NEXT_HOP_HEADER = 8;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_PRIORITY = 6;
const RTA_MULTIPATH = 9;
const RTA_TABLE = 15;
const RTA_VIA = 18;
const families: Record<number, 4 | 6> = { 2: 4, 10: 6 };

type Attributes = ReadonlyMap<number, Uint8Array>;

function number(attributes: Attributes, type: number): number | undefined {
  const bytes = attributes.get(type);
  return bytes && u32(fixed(bytes, 4));
}

// VIA is a family of two bytes and an address of that family.
function gatewayOf(attributes: Attributes): Uint8Array | undefined {
  const bytes = attributes.get(RTA_GATEWAY) ?? attributes.get(RTA_VIA)?.subarray(2);
  return bytes && (bytes.length === 4 || bytes.length === 16) ? Uint8Array.from(bytes) : undefined;
}

interface NextHop {
  readonly ifindex: number | undefined;
  readonly gateway: Uint8Array | undefined;
}

function* nextHops(bytes: Uint8Array): Generator<NextHop, void, undefined> {
  for (let at = 0; at < bytes.length;) {
    const length = bytes.length - at >= NEXT_HOP_HEADER ? u16(bytes, at) : 0;
    if (length < NEXT_HOP_HEADER || length > bytes.length - at) throw new NetlinkFormatError(`bad hop at byte ${at}`);
    const attributes = decodeAttributes(bytes.subarray(at + NEXT_HOP_HEADER, at + length));
    yield { ifindex: u32(bytes, at + 4), gateway: gatewayOf(attributes) };
    at += (length + 3) & ~3;
  }
}

/** One RTM_NEWROUTE; none when it is of another family. */
export function decodeRoute(body: Uint8Array): NetworkRoute[] {
  const info = fixed(body, HEADER);
  const family = families[info[0]!];
  if (family === undefined) return [];
  const attributes = decodeAttributes(body.subarray(HEADER));
  const destination = new Uint8Array(family === 4 ? 4 : 16);
  destination.set((attributes.get(RTA_DST) ?? destination).subarray(0, destination.length));
  const multipath = attributes.get(RTA_MULTIPATH);
  const hops = multipath
    ? [...nextHops(multipath)]
    : [{ ifindex: number(attributes, RTA_OIF), gateway: gatewayOf(attributes) }];
  const route = {
    family,
    destination,
    prefix: info[1]!,
    table: number(attributes, RTA_TABLE) ?? info[4]!,
    type: info[7]!,
    metric: number(attributes, RTA_PRIORITY) ?? 0,
  };
  return hops.map((hop) => ({ ...route, ...hop }));
}

/** The routes of this network namespace, of all tables. */
export function listRoutes(sys: Sys = nativeSys): NetworkRoute[] {
  return dump(sys, Type.GETROUTE, Type.NEWROUTE, new Uint8Array(HEADER)).flatMap(({ body }) => decodeRoute(body));
}
