import type { BlockEntry } from '@scanward/daemon';
import { counted, grouped } from '../tables/count.ts';
import { forgetTouches } from './forget-touches.ts';
import { prefixOf } from './held-blocks.ts';
import { lift } from './lift.ts';
import type { Moment } from './moment.ts';
import type { Outcome } from './outcome.ts';
import type { UnblockTarget } from './unblock.ts';

/** Lifts every block, also one that has run out. To lift none is no error. */
export function unblockAll(graceNs: bigint | undefined, target: UnblockTarget, now: Moment, json: boolean): Outcome {
  let sources = 0;
  let graceless = 0;
  const end = (block: BlockEntry): boolean => {
    const untilNs = now.monotonicNs + (graceNs ?? 0n);
    if (graceNs !== undefined && !target.graces.set({ ...prefixOf(block), untilNs })) graceless++;
    return lift(block, target);
  };
  // A trie's walk begins anew where an entry goes missing; lines and hash do not mind.
  const nets: BlockEntry[] = [];
  for (const block of target.blocks.entries()) {
    if (block.isNet) {
      nets.push(block);
    } else if (end(block)) {
      sources++;
      target.sources.forget(block.source);
    }
  }
  for (const net of nets) end(net);
  if (nets.length > 0) forgetTouches(nets.map(prefixOf), target);
  const done = `Unblocked ${counted(sources, 'source')} and ${counted(nets.length, 'net')}`;
  return {
    lines: [json ? JSON.stringify({ action: 'unblock', all: true, sources, nets: nets.length }) : done],
    warnings: graceless === 0 ? [] : [`there is no room for the graces of ${grouped(graceless)} of them`],
  };
}
