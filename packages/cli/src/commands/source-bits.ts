import { contains, isIpv4, maskAddress, type Prefix } from '@scanward/daemon';
import type { Policy } from '@scanward/map-codec';

const LINK_LOCAL: Prefix = { address: Uint8Array.of(0xfe, 0x80, ...new Uint8Array(14)), bits: 10 };

/**
 * How many bits of an address in the program's table are the source, by its rule: an IPv4, link-local or on-link address
 * is taken whole. So is one that has bits behind the policy's prefix, which was noted under another policy.
 */
export function sourceBits(address: Uint8Array, policy: Policy): number {
  if (isIpv4(address) || contains(LINK_LOCAL, address)) return 128;
  const onlink = policy.onlink.slice(0, policy.onlinkCount).map((near) => ({ ...near, bits: bitsOf(near.mask) }));
  if (onlink.some((prefix) => contains(prefix, address))) return 128;
  const { ipv6Prefix } = policy;
  return contains({ address: maskAddress(address, ipv6Prefix), bits: 128 }, address) ? ipv6Prefix : 128;
}

/** The length of a prefix, from its mask. */
function bitsOf(mask: Uint8Array): number {
  return mask.reduce((bits, byte) => bits + Math.clz32(~(byte << 24)), 0);
}
