import { type BlockEntry, type Clock, formatPrefix, type NoteStore, type Prefix, PrefixMap } from '@scanward/daemon';
import { blockOrder } from '../commands/block-order.ts';
import type { OpenInstance } from '../commands/command-system.ts';
import { prefixOf } from '../commands/held-blocks.ts';
import { isInForce, type Moment, momentOf } from '../commands/moment.ts';
import { type SeenSource, sourceReader } from '../commands/seen-source.ts';
import { Breath } from './breath.ts';
import { Firsts } from './firsts.ts';
import { type Orders, sourceOrder } from './orders.ts';
import { perSecond } from './rates.ts';
import { type BlockRow, ROWS_MAX, type SourceRow, type SourceState, type Survey } from './rows.ts';

/** As much of an instance as this needs. */
export type Surveyed = Pick<OpenInstance, 'endian' | 'sources' | 'blocks' | 'notes' | 'allow' | 'policy'>;

type WalkClock = Pick<Clock, 'monotonicNs' | 'wallMs' | 'after'>;

/** Nets that sources are held against; more of them than anybody blocks by hand. */
const NETS_MAX = 1_024;
/** Blocks between two looks at the clock. */
const BLOCKS_PER_LOOK = 512;

/** Walks over both tables, with breaks, and keeps the first rows of each. */
export async function survey(
  target: Surveyed,
  orders: Orders,
  before: Survey | undefined,
  clock: WalkClock,
): Promise<Survey> {
  const now = momentOf(clock);
  const breath = new Breath(clock);
  const blocks = await walkBlocks(target, orders, now, breath);
  const sources = await walkSources(target, orders, now, breath);
  const atNs = clock.monotonicNs();
  const stateOf = stateReader(target, blocks.nets, now);
  const dropRateOf = dropRates(before, atNs);
  return {
    atNs,
    sources: { count: sources.count, rows: sources.first.map((seen) => sourceRow(seen, stateOf)) },
    blocks: {
      sources: blocks.sources,
      nets: blocks.netCount,
      rows: blocks.first.map((block) => blockRow(block, target.notes, dropRateOf)),
    },
  };
}

async function walkBlocks({ blocks }: Surveyed, orders: Orders, now: Moment, breath: Breath) {
  const firsts = new Firsts<BlockEntry>(blockOrder(orders.blocks.by, orders.blocks.reverse), ROWS_MAX);
  const nets: Prefix[] = [];
  let [walked, sources, netCount] = [0, 0, 0];
  for (const block of blocks.entries()) {
    if (++walked % BLOCKS_PER_LOOK === 0 && breath.isDue) await breath.take();
    if (!isInForce(block, now)) continue;
    firsts.add(block);
    if (!block.isNet) sources++;
    else if (++netCount <= NETS_MAX) nets.push(prefixOf(block));
  }
  return { sources, netCount, nets, first: firsts.list() };
}

async function walkSources({ sources, endian, policy }: Surveyed, orders: Orders, now: Moment, breath: Breath) {
  const read = sourceReader(endian, policy.read(), now.monotonicNs);
  const firsts = new Firsts<SeenSource>(sourceOrder(orders.sources), ROWS_MAX);
  let count = 0;
  const steps = sources.steps((bytes, offset) => {
    const source = read(bytes, offset);
    if (source.ports.length === 0) return;
    count++;
    firsts.add(source);
  });
  for (const visited of steps) if (visited > 0 && breath.isDue) await breath.take();
  return { count, first: firsts.list() };
}

function stateReader({ allow, blocks }: Surveyed, nets: readonly Prefix[], now: Moment) {
  const allowed = PrefixMap.of(allow.entries());
  const blockedNets = PrefixMap.of(nets);
  return ({ source, over }: SeenSource): SourceState => {
    if (allowed.holds(source)) return 'allowed';
    const block = blocks.get(source);
    if ((block && isInForce(block, now)) || blockedNets.holds(source)) return 'blocked';
    return over ? 'over' : 'passes';
  };
}

function sourceRow(seen: SeenSource, stateOf: (seen: SeenSource) => SourceState): SourceRow {
  const prefix = { address: seen.source, bits: seen.bits };
  return { ...seen, prefix, name: formatPrefix(prefix.address, prefix.bits), state: stateOf(seen) };
}

function blockRow(
  block: BlockEntry,
  notes: Pick<NoteStore, 'get'>,
  dropRateOf: (name: string, block: BlockEntry) => number | undefined,
): BlockRow {
  const prefix = prefixOf(block);
  const name = formatPrefix(prefix.address, prefix.bits);
  return { name, prefix, block, note: notes.get(prefix), dropRate: dropRateOf(name, block) };
}

/** Packets per second since the survey before. A block that has begun since then had none. */
function dropRates(before: Survey | undefined, atNs: bigint) {
  const rows = new Map(before?.blocks.rows.map((row) => [row.name, row.block]));
  return (name: string, { startNs, packets }: BlockEntry): number | undefined => {
    if (!before) return undefined;
    const was = rows.get(name);
    const isNew = was ? was.startNs !== startNs : startNs > before.atNs;
    if (!was && !isNew) return undefined;
    return perSecond(packets - (isNew ? 0n : was!.packets), atNs - before.atNs);
  };
}
