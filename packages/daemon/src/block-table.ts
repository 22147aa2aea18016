/** Sources and nets are in tables of their own; a block says in which it is. */
import { isIpv4 } from './addresses.ts';
import type { BlockEntry, BlockKey, BlockStore, NewBlock, Prefix } from './ports.ts';

/**
 * Where a block of an operator or a list stands: single IPv4 addresses with the scanners, where a lookup costs least, all else
 * with the nets.
 */
export function blockKey({ address, bits }: Prefix): BlockKey {
  return { source: address, bits, isNet: bits < 128 || !isIpv4(address) };
}

export function findBlock(
  blocks: Pick<BlockStore, 'get' | 'getNet'>,
  { source, bits, isNet }: BlockKey,
): BlockEntry | undefined {
  return isNet ? blocks.getNet({ address: source, bits }) : blocks.get(source);
}

/** Returns false when there is no room. */
export function addBlock(
  blocks: Pick<BlockStore, 'add' | 'addNet'>,
  { source, bits, isNet }: BlockKey,
  block: NewBlock,
): boolean {
  return isNet ? blocks.addNet({ address: source, bits }, block) : blocks.add(source, bits, block);
}

/** Returns false when there was no such block. */
export function removeBlock(
  blocks: Pick<BlockStore, 'remove' | 'removeNet'>,
  { source, bits, isNet }: BlockKey,
): boolean {
  return isNet ? blocks.removeNet({ address: source, bits }) : blocks.remove(source);
}
