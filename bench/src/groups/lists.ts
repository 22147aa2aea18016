import { BlockLines } from '@scanward/map-codec';
import { kernelBytes } from '@scanward/testkit';
import type { Group } from '../group.ts';
import { interleave } from '../harness/interleave.ts';
import { summarise } from '../harness/statistics.ts';
import { blockAll, unblockAll } from '../kernel/block-commands.ts';
import { codec, endian, Shipped } from '../kernel/shipped.ts';
import type { Aim } from '../report/table.ts';

const COLUMNS = [
  'load, ms',
  'list, ms',
  'of which the kernel’s, ms',
  'remove, ms',
  'kernel memory, MB',
  'memory of the process, MB',
] as const;
const READ_AT_ONCE = 1_024;
const KEY = 16;

/** The system calls of a list alone. */
function walk(shipped: Shipped): number {
  let walked = 0;
  for (const name of ['blocked_lines', 'blocked']) {
    for (const { count } of shipped.map(name).getBatch(READ_AT_ONCE)) walked += count;
  }
  return walked;
}

/** As the daemon lists them: a source and a decoded block each. */
function list(shipped: Shipped): number {
  const cells = new BlockLines(endian);
  let listed = 0;
  for (const { count, values } of shipped.map('blocked_lines').getBatch(READ_AT_ONCE)) {
    for (const { source } of cells.blocks(values, count)) if (source.length === KEY) listed++;
  }
  for (const { count, keys, values } of shipped.map('blocked').getBatch(READ_AT_ONCE)) {
    for (let i = 0; i < count; i++) {
      const source = keys.slice(i * KEY, (i + 1) * KEY);
      const entry = { source, ...codec.block.decode(values, i * codec.block.size) };
      if (entry.source.length === KEY) listed++;
    }
  }
  return listed;
}

function timed(run: () => unknown, expected?: number): number {
  const start = performance.now();
  const done = run();
  const ms = performance.now() - start;
  if (expected !== undefined && done !== expected) throw new Error(`another number of blocks than ${expected}`);
  return ms;
}

/** One figure for each column. */
function measure(count: number): number[] {
  const rss = process.memoryUsage().rss;
  using shipped = new Shipped({ blocks: 0, allowed: 0, maxBlocks: count });
  const times = [
    timed(() => blockAll(shipped.runFrame, 0, count), count),
    timed(() => list(shipped), count),
    timed(() => walk(shipped)),
    timed(() => unblockAll(shipped.runFrame, 0, count), count),
  ];
  const grown = Math.max(0, process.memoryUsage().rss - rss);
  const memory = ['blocked_lines', 'blocked'].reduce((sum, name) => sum + kernelBytes(shipped.map(name)), 0);
  return [...times, memory / 1e6, grown / 1e6];
}

const aimOf = (count: number, column: number): { aim?: Aim } =>
  count === 1_000_000 && column < 2 ? { aim: { atMost: 2_000 } } : {};

export const lists: Group = {
  name: 'lists',
  async run(scale, progress) {
    const counts = scale.quick ? [10, 1_000] : [10, 100_000, 1_000_000];
    const figures = new Map(counts.map((count) => [count, [] as number[][]]));
    const tasks = counts.map((count) => ({
      name: `${count}`,
      run: () => figures.get(count)!.push(measure(count)),
    }));
    await interleave(tasks, scale.rounds, progress);
    return {
      name: 'lists',
      title: 'Lists of blocks, written by the program, read by batches',
      unit: 'as the columns say',
      columns: COLUMNS,
      rows: counts.map((count) => ({
        label: `${count.toLocaleString('en')} blocks`,
        cells: COLUMNS.map((_, column) => ({
          summary: summarise(figures.get(count)!.map((round) => round[column]!)),
          ...aimOf(count, column),
        })),
      })),
      notes: [
        'Load and remove are commands, 32 a frame, and make them too; list decodes each block into an object, as the daemon does; beside it the same walk without decoding. There is room for exactly so many. Memory of the process: how much its resident set grew over all three; what an earlier round left free is used again.',
      ],
    };
  },
};
