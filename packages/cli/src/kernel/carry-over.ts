import { formatPrefix, type Prefix } from '@scanward/daemon';
import type { Stores } from './stores.ts';

/** What a set of maps must not lose. */
export type Lasting = Pick<Stores, 'blocks' | 'allow' | 'graces' | 'notes'>;

/**
 * Carries over what a set of maps must not lose when another one of other sizes takes its place: blocks with what they have
 * dropped and why they are there, graces, and what was allowed by command. What is there already stays.
 *
 * @param sinceNs blocks that began before it are there already (CLOCK_MONOTONIC); to ask for each takes seconds for a million
 * @returns how many blocks found no room
 */
export function carryOver(from: Lasting, to: Lasting, sinceNs = 0n): number {
  carryAllowed(from, to);
  for (const grace of from.graces.entries()) to.graces.set(grace);
  const lost = carryBlocks(from, to, sinceNs);
  for (const note of from.notes.entries()) if (!to.notes.get(note)) to.notes.set(note, note);
  return lost;
}

/** Only those that are not there: after each the program looks at all blocks. */
function carryAllowed(from: Lasting, to: Lasting): void {
  const key = ({ address, bits }: Prefix) => formatPrefix(address, bits);
  const there = new Set(Array.from(to.allow.entries(), key));
  for (const entry of from.allow.entries()) {
    if (entry.reason === 'command' && !there.has(key(entry))) to.allow.add(entry);
  }
}

function carryBlocks(from: Lasting, to: Lasting, sinceNs: bigint): number {
  let lost = 0;
  const asks = !isEmpty(to.blocks.entries());
  for (const { source, bits, isNet, ...block } of from.blocks.entries()) {
    const net = { address: source, bits };
    if (block.startNs < sinceNs) continue;
    if (asks && (isNet ? to.blocks.getNet(net) : to.blocks.get(source)) !== undefined) continue;
    const isMade = isNet ? to.blocks.addNet(net, block) : to.blocks.add(source, bits, block);
    if (!isMade) lost++;
  }
  return lost;
}

function isEmpty(all: Iterable<unknown>): boolean {
  for (const _ of all) return false;
  return true;
}
