import { ALLOW_ROOM } from '@scanward/daemon';
import { SOURCES_PER_SET } from '@scanward/map-codec';
import type { RunOptions } from '../flags/run-options.ts';

/** Lines of seven SYNs remembered, 64 bytes each. */
const SYN_LINES = 32_768;
/** Fourteen sources with one port so far for each with more, of 8 bytes each. */
const SINGLE_LINES_PER_SOURCE = 2;
/** Lines have five cells: so few blocks find none in theirs that it costs nothing. */
const BLOCKS_A_LINE = 2;
/** A trie takes memory as it is filled. Lists leave some of it to the host's own addresses, gateways and resolvers. */
const ALLOWED_MAX = ALLOW_ROOM + 4_096;

/** Of who does not say. */
const NETS_USUAL = 65_536;

/** How large the tables are, for the kernel and for the program. */
export interface Sizes {
  readonly maxEntries: Readonly<Record<string, number>>;
  readonly constants: Readonly<Record<string, number>>;
}

/** The sizes that the flags ask for. */
export function sizesOf({
  maxSources,
  maxBlocks,
  maxNets = NETS_USUAL,
}: Pick<RunOptions, 'maxSources' | 'maxBlocks'> & Partial<Pick<RunOptions, 'maxNets'>>): Sizes {
  const sourceSets = Math.ceil(maxSources / SOURCES_PER_SET);
  const singleLines = SINGLE_LINES_PER_SOURCE * maxSources;
  const blockLines = Math.ceil(maxBlocks / BLOCKS_A_LINE);
  return {
    maxEntries: {
      sources: sourceSets,
      singles: singleLines,
      syns: SYN_LINES,
      blocked_lines: blockLines,
      blocked: maxBlocks,
      blocked_nets: maxNets,
      block_notes: maxBlocks + maxNets,
      allow: ALLOWED_MAX,
    },
    constants: {
      source_sets: sourceSets,
      single_lines: singleLines,
      syn_lines: SYN_LINES,
      block_lines: blockLines,
      max_blocks: maxBlocks,
    },
  };
}
