import { type BlockEntry, type BlockStore, contains, isIpv4, maskAddress, type Prefix } from '@scanward/daemon';
import { isInForce, type Moment } from './moment.ts';

/** The shortest IPv6 source that a policy can have. */
const SOURCE_BITS_MIN = 32;

/** Whether all of `inner` lies in `outer`. */
export function holds(outer: Prefix, inner: Prefix): boolean {
  return outer.bits <= inner.bits && contains(outer, inner.address);
}

/** The prefix that a block is of. */
export function prefixOf({ source, bits }: BlockEntry): Prefix {
  return { address: source, bits };
}

/**
 * The blocks in force that are named by a prefix: that of exactly it, and for a single IPv6 address also that of the
 * source which it belongs to, whose length is that of the policy which it was blocked under.
 */
export function blocksNamed(prefix: Prefix, blocks: Pick<BlockStore, 'get' | 'getNet'>, now: Moment): BlockEntry[] {
  const ofSources = sourceLengths(prefix).map((bits) => {
    const found = blocks.get(maskAddress(prefix.address, bits));
    return found?.bits === bits ? found : undefined;
  });
  const found = [blocks.getNet(prefix), ...ofSources];
  return found.filter((block) => block !== undefined).filter((block) => isInForce(block, now));
}

function sourceLengths({ address, bits }: Prefix): number[] {
  if (bits < 128 || isIpv4(address)) return [bits];
  return Array.from({ length: 128 - SOURCE_BITS_MIN + 1 }, (_, i) => 128 - i);
}

/** The blocked nets in force that hold all of a prefix and more, the longest first. */
export function netsAround(prefix: Prefix, blocks: Pick<BlockStore, 'getNet'>, now: Moment): BlockEntry[] {
  const found: BlockEntry[] = [];
  for (let bits = prefix.bits - 1; bits > 0; bits--) {
    const net = blocks.getNet({ address: maskAddress(prefix.address, bits), bits });
    if (net && isInForce(net, now)) found.push(net);
  }
  return found;
}

/** The blocks that lie in a prefix, in force or not. */
export function blocksWithin(prefix: Prefix, blocks: BlockStore, now: Moment): BlockEntry[] {
  if (prefix.bits === 128) return blocksNamed(prefix, blocks, now).filter(({ bits }) => bits === 128);
  return [...blocks.entries()].filter((block) => holds(prefix, prefixOf(block)));
}
