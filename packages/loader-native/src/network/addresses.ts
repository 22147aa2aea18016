import { nativeSys } from '../sys/native-sys.ts';
import type { Sys } from '../sys/sys.ts';
import { decodeAttributes, fixed, Type, u32 } from './codec.ts';
import { dump } from './exchange.ts';

/** An address of this machine. */
export interface NetworkAddress {
  readonly ifindex: number;
  readonly family: 4 | 6;
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
  /** Bits of its network. */
  readonly prefix: number;
  /** 0: global, 253: link, 254: host. */
  readonly scope: number;
}

const HEADER = 8;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const families: Record<number, readonly [family: 4 | 6, bytes: number]> = { 2: [4, 4], 10: [6, 16] };

/** One RTM_NEWADDR; undefined when it is of another family. */
export function decodeAddress(body: Uint8Array): NetworkAddress | undefined {
  const info = fixed(body, HEADER);
  const [family, bytes] = families[info[0]!] ?? [];
  const attributes = decodeAttributes(body.subarray(HEADER));
  // On a point-to-point interface ADDRESS is the other end.
  const address = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS);
  if (family === undefined || address === undefined || address.length !== bytes) return undefined;
  return { ifindex: u32(info, 4), family, address: Uint8Array.from(address), prefix: info[1]!, scope: info[3]! };
}

/** The addresses of this network namespace. */
export function listAddresses(sys: Sys = nativeSys): NetworkAddress[] {
  return dump(sys, Type.GETADDR, Type.NEWADDR, new Uint8Array(HEADER))
    .map(({ body }) => decodeAddress(body))
    .filter((address) => address !== undefined);
}
