import { BlockOutcome, BlockReason, CommandFrame, type RunFrame } from '@scanward/map-codec';
import { Network, putAddress } from './addresses.ts';
import { endian } from './codec.ts';

const forever = { startNs: 1n, expiryNs: 0n, packets: 0n, bytes: 0n, reason: BlockReason.OPERATOR, bits: 128 };
const frame = new CommandFrame(endian);
const source = new Uint8Array(16);
const view = new DataView(source.buffer);

/** Runs what is in the frame; how many of the commands came to that. */
function flush(run: RunFrame, wanted: number): number {
  frame.run(run);
  let count = 0;
  for (let i = 0; i < frame.count; i++) if (frame.outcome(i) === wanted) count++;
  frame.clear();
  return count;
}

function each(run: RunFrame, first: number, count: number, wanted: number, add: () => void): number {
  let done = 0;
  for (let i = first; i < first + count; i++) {
    putAddress(view, 0, Network.blocked, i);
    add();
    if (frame.isFull) done += flush(run, wanted);
  }
  return done + flush(run, wanted);
}

/** Blocks the sources number `first` to `first + count` for ever, as an operator would; how many there was room for. */
export const blockAll = (run: RunFrame, first: number, count: number): number =>
  each(run, first, count, BlockOutcome.MADE, () => {
    frame.addBlock(source, forever);
  });

/** Lifts their blocks; how many there were. */
export const unblockAll = (run: RunFrame, first: number, count: number): number =>
  each(run, first, count, BlockOutcome.REMOVED, () => {
    frame.addUnblock(source);
  });

/** Blocks one more source. */
export function blockOne(run: RunFrame, one: Uint8Array): void {
  frame.addBlock(one, forever);
  if (flush(run, BlockOutcome.MADE) !== 1) throw new Error('no room for a block');
}
