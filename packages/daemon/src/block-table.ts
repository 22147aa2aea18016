/** Sources and nets are in tables of their own; a block says in which it is. */
import type { BlockEntry, BlockStore, NewBlock } from './ports.ts';

/** Which block of the program is meant. */
export type BlockKey = Pick<BlockEntry, 'source' | 'bits' | 'isNet'>;

export function findBlock(blocks: BlockStore, { source, bits, isNet }: BlockKey): BlockEntry | undefined {
  return isNet ? blocks.getNet({ address: source, bits }) : blocks.get(source);
}

/** Returns false when there is no room. */
export function addBlock(blocks: BlockStore, { source, bits, isNet }: BlockKey, block: NewBlock): boolean {
  return isNet ? blocks.addNet({ address: source, bits }, block) : blocks.add(source, bits, block);
}

/** Returns false when there was no such block. */
export function removeBlock(blocks: BlockStore, { source, bits, isNet }: BlockKey): boolean {
  return isNet ? blocks.removeNet({ address: source, bits }) : blocks.remove(source);
}
