import type { Stores } from './stores.ts';

/**
 * Carries over what a set of maps must not lose when another one of other sizes takes its place: blocks with what they have
 * dropped, and what was allowed by command. What is there already stays.
 *
 * @returns how many blocks found no room
 */
export function carryOver(from: Pick<Stores, 'blocks' | 'allow'>, to: Pick<Stores, 'blocks' | 'allow'>): number {
  let lost = 0;
  for (const entry of from.allow.entries()) if (entry.reason === 'command') to.allow.add(entry);
  for (const { source, bits, isNet, ...block } of from.blocks.entries()) {
    const net = { address: source, bits };
    const isThere = (isNet ? to.blocks.getNet(net) : to.blocks.get(source)) !== undefined;
    if (isThere) continue;
    const isMade = isNet ? to.blocks.addNet(net, block) : to.blocks.add(source, bits, block);
    if (!isMade) lost++;
  }
  return lost;
}
