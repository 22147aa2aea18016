import { ADDRESS_BYTES, copyAddress, isLinkLocal, isMapped } from './address.ts';
import { compilePolicy, type Policy, type Rules } from './policy.ts';

/**
 * Writes the source that an address belongs to: the whole address of IPv4, on-link and link-local hosts, else the
 * IPv6 prefix. Returns how many of its bits count.
 */
export function sourceInto(
  address: Uint8Array,
  offset: number,
  rules: Rules,
  into: Uint8Array,
  intoOffset = 0,
): number {
  copyAddress(address, offset, into, intoOffset);
  if (isMapped(address, offset) || isLinkLocal(address, offset) || rules.onlink.has(address, offset)) return 128;
  for (let i = 0; i < ADDRESS_BYTES; i++) into[intoOffset + i]! &= rules.ipv6Mask[i]!;
  return rules.ipv6Bits;
}

/** The source that an address belongs to, and how many of its bits count. */
export function sourceOf(
  address: Uint8Array,
  policy: Pick<Policy, 'ipv6Prefix' | 'onlink'>,
): { readonly key: Uint8Array; readonly bits: number } {
  const key = new Uint8Array(ADDRESS_BYTES);
  const rules = compilePolicy({ windowNs: 1024n, blockTtlNs: 0n, threshold: 0, response: 'log', ...policy });
  return { key, bits: sourceInto(address, 0, rules, key) };
}
