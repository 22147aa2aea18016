import { contains, isIpv4 } from './addresses.ts';
import { onlinkPrefixes } from './policy.ts';
import type { BlockEntry, BlockStore, Log, Prefix } from './ports.ts';

const LINK_LOCAL: Prefix = { address: Uint8Array.of(0xfe, 0x80, ...new Uint8Array(14)), bits: 10 };

/** How the program takes IPv6 addresses as sources. */
export interface SourceRule {
  readonly ipv6Prefix: number;
  /** Whole. */
  readonly onlink: readonly Prefix[];
}

/**
 * The program looks for the block of an IPv6 source by the length of the policy, and would not find one of another length:
 * such a block goes on as that of a net, which is found by its own.
 */
export function fitBlocks({ blocks, log }: { readonly blocks: BlockStore; readonly log: Log }, rule: SourceRule): void {
  let lost = 0;
  for (const block of [...misfits(blocks, rule)]) {
    const net = { address: block.source, bits: block.bits };
    if (blocks.getNet(net)) continue;
    if (blocks.addNet(net, block)) blocks.remove(block.source);
    else lost++;
  }
  if (lost === 0) return;
  const what = `${lost} ${lost === 1 ? 'block' : 'blocks'} of IPv6 sources of another length than --ipv6-prefix`;
  log.warn(`${what} found no room among the nets: ${lost === 1 ? 'it drops' : 'they drop'} nothing`);
}

function* misfits(blocks: BlockStore, { ipv6Prefix, onlink }: SourceRule): Generator<BlockEntry> {
  const whole = [LINK_LOCAL, ...onlinkPrefixes(onlink)];
  for (const block of blocks.entries()) {
    if (block.isNet || block.bits === ipv6Prefix || isIpv4(block.source)) continue;
    if (block.bits < 128 || !whole.some((near) => contains(near, block.source))) yield block;
  }
}
