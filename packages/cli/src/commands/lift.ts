import { type BlockEntry, type BlockStore, type NoteStore, removeBlock } from '@scanward/daemon';
import { prefixOf } from './held-blocks.ts';

/** As much of an instance as this needs. */
export interface Liftable {
  readonly blocks: BlockStore;
  readonly notes: Pick<NoteStore, 'remove'>;
}

/** Removes a block and what was noted about it. False: it was gone already. */
export function lift(block: BlockEntry, { blocks, notes }: Liftable): boolean {
  notes.remove(prefixOf(block));
  return removeBlock(blocks, block);
}
