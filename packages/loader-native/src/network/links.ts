import { littleEndian } from '../kernel/attr.ts';
import { nativeSys } from '../sys/native-sys.ts';
import type { Sys } from '../sys/sys.ts';
import { decodeAttributes, encodeNested, encodeAttribute, fixed, Flag, i32Bytes, Type, u32, viewOf } from './codec.ts';
import { dump, exchange, NetlinkError } from './exchange.ts';

/** Where an XDP program runs: in the driver, in the network stack, or on the card. */
export type XdpPlace = 'native' | 'generic' | 'offloaded';

/** A program that is attached to an interface, by whomever. */
export interface AttachedXdp {
  readonly programId: number;
  readonly mode: XdpPlace;
}

/** A network interface. */
export interface NetworkLink {
  readonly index: number;
  readonly name: string;
  /** Set up by its owner (IFF_UP); it may still have no carrier. */
  readonly up: boolean;
  readonly loopback: boolean;
  readonly mtu: number;
  /** Such as `veth`; undefined for hardware. */
  readonly kind: string | undefined;
  readonly xdp: readonly AttachedXdp[];
}

const INFO_BYTES = 16;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_LINKINFO = 18;
const IFLA_XDP = 43;
const INFO_KIND = 1;
const XDP_FD = 1;
const XDP_FLAGS = 3;
const IFF_UP = 1;
const IFF_LOOPBACK = 8;

const places: readonly (readonly [attribute: number, mode: XdpPlace, flag: number])[] = [
  [5, 'native', 1 << 2],
  [6, 'generic', 1 << 1],
  [7, 'offloaded', 1 << 3],
];

function header(index: number): Uint8Array {
  const bytes = new Uint8Array(INFO_BYTES);
  viewOf(bytes).setInt32(4, index, littleEndian);
  return bytes;
}

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString('utf8').replace(/\0.*$/s, '');
}

function decodeXdp(bytes: Uint8Array | undefined): AttachedXdp[] {
  if (!bytes) return [];
  const attributes = decodeAttributes(bytes);
  return places.flatMap(([attribute, mode]) => {
    const id = attributes.get(attribute);
    return id ? [{ programId: u32(fixed(id, 4)), mode }] : [];
  });
}

/** One RTM_NEWLINK. */
export function decodeLink(body: Uint8Array): NetworkLink {
  const info = fixed(body, INFO_BYTES);
  const attributes = decodeAttributes(body.subarray(INFO_BYTES));
  const mtu = attributes.get(IFLA_MTU);
  const details = attributes.get(IFLA_LINKINFO);
  return {
    index: u32(info, 4),
    name: text(attributes.get(IFLA_IFNAME)) ?? '',
    up: (u32(info, 8) & IFF_UP) !== 0,
    loopback: (u32(info, 8) & IFF_LOOPBACK) !== 0,
    mtu: mtu ? u32(fixed(mtu, 4)) : 0,
    kind: details && text(decodeAttributes(details).get(INFO_KIND)),
    xdp: decodeXdp(attributes.get(IFLA_XDP)),
  };
}

/** The interfaces of this network namespace. */
export function listLinks(sys: Sys = nativeSys): NetworkLink[] {
  return dump(sys, Type.GETLINK, Type.NEWLINK, header(0)).map(({ body }) => decodeLink(body));
}

/** One interface, undefined when there is none of that number. */
export function findLink(ifindex: number, sys: Sys = nativeSys): NetworkLink | undefined {
  try {
    const found = exchange(sys, Type.GETLINK, 0, header(ifindex)).find(({ type }) => type === Type.NEWLINK);
    return found && decodeLink(found.body);
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'ENODEV') return undefined;
    throw error;
  }
}

/**
 * Takes an XDP program off an interface, as `ip link set … xdp off` does.
 * @throws NetlinkError EBUSY when a link holds it
 */
export function detachXdp(ifindex: number, mode: XdpPlace, sys: Sys = nativeSys): void {
  const flag = places.find(([, place]) => place === mode)![2];
  const xdp = encodeNested(IFLA_XDP, encodeAttribute(XDP_FD, i32Bytes(-1)), encodeAttribute(XDP_FLAGS, i32Bytes(flag)));
  exchange(sys, Type.SETLINK, Flag.ACK, header(ifindex), xdp);
}
