import type { BlockEntry, BlockNote, BlockStore, NoteStore } from '@scanward/daemon';
import { formatPrefix } from '@scanward/daemon';
import { shortCount } from '../tables/count.ts';
import { localMinute } from '../tables/local-time.ts';
import { type Column, Table } from '../tables/table.ts';
import { blockFields } from './block-fields.ts';
import { type BlockFilter, passes } from './block-filter.ts';
import { blockOrder, type BlockOrder, firstOf } from './block-order.ts';
import { leftText, whyText } from './block-words.ts';
import type { Look } from './look.ts';
import { isInForce, type Moment, wallMsOf } from './moment.ts';

/** What `scanward blocks` was asked for. */
export interface BlocksOptions {
  /** undefined: as the tables have them, without keeping them. */
  readonly sort: BlockOrder | undefined;
  readonly reverse: boolean;
  readonly filters: readonly BlockFilter[];
  readonly limit: number | undefined;
  /** Addresses and nets alone, as lists have them. */
  readonly plain: boolean;
}

/** As much of an instance as a list of its blocks needs. */
export interface ListedBlocks {
  readonly blocks: Pick<BlockStore, 'entries'>;
  readonly notes: Pick<NoteStore, 'get'>;
}

// 80 columns with the spaces between; the widest IPv4 net fits the first.
const columns: readonly Column[] = [
  { title: 'ADDRESS', width: 18 },
  { title: 'SINCE', width: 16 },
  { title: 'LEFT', width: 8, align: 'right' },
  { title: 'PACKETS', width: 7, align: 'right' },
  { title: 'BYTES', width: 7, align: 'right' },
  { title: 'WHY', width: 19 },
];

/** The lines of `scanward blocks`, one block after the other: without an order in bounded memory. */
export function* blocksLines(
  options: BlocksOptions,
  instance: ListedBlocks,
  now: Moment,
  look: Look,
): Generator<string> {
  const table = new Table(columns, look.style);
  const { sort, reverse, filters, plain, limit = Infinity } = options;
  if (!look.json && !plain) yield table.heading();
  const noteOf = (block: BlockEntry) => instance.notes.get({ address: block.source, bits: block.bits });
  const wanted = chosen(instance, filters, noteOf, now);
  const listed = sort === undefined ? wanted : firstOf(wanted, blockOrder(sort, reverse), limit);
  let count = 0;
  for (const block of listed) {
    const note = plain ? undefined : noteOf(block);
    if (plain) yield formatPrefix(block.source, block.bits);
    else if (look.json) yield JSON.stringify(blockFields(block, note, now));
    else yield* table.row(cellsOf(block, note, now));
    if (++count >= limit) return;
  }
}

function* chosen(
  { blocks }: ListedBlocks,
  filters: readonly BlockFilter[],
  noteOf: (block: BlockEntry) => BlockNote | undefined,
  now: Moment,
): Generator<BlockEntry> {
  const byPort = filters.some(({ what }) => what === 'port');
  for (const block of blocks.entries()) {
    if (isInForce(block, now) && passes(block, byPort ? noteOf(block) : undefined, filters)) yield block;
  }
}

function cellsOf(block: BlockEntry, note: BlockNote | undefined, now: Moment): string[] {
  return [
    formatPrefix(block.source, block.bits),
    localMinute(wallMsOf(now, block.startNs)),
    leftText(block, now),
    shortCount(block.packets),
    shortCount(block.bytes),
    whyText(block, note),
  ];
}
