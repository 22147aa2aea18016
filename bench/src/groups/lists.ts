import { BpfMap, MapType } from '@scanward/loader-native';
import { kernelBytes } from '@scanward/testkit';
import type { Group } from '../group.ts';
import { interleave } from '../harness/interleave.ts';
import { summarise } from '../harness/statistics.ts';
import { blockBatch, codec } from '../kernel/shipped.ts';
import type { Aim } from '../report/table.ts';

const COLUMNS = [
  'load, ms',
  'list, ms',
  'of which the kernel’s, ms',
  'remove, ms',
  'kernel memory, MB',
  'memory of the process, MB',
] as const;
const WRITTEN_AT_ONCE = 50_000;
const READ_AT_ONCE = 1_024;
const KEY = 16;

const slices = function* (count: number): Generator<[first: number, size: number]> {
  for (let first = 0; first < count; first += WRITTEN_AT_ONCE) yield [first, Math.min(WRITTEN_AT_ONCE, count - first)];
};

function load(map: BpfMap, count: number): void {
  for (const [first, size] of slices(count)) {
    const { keys, values } = blockBatch(first, size);
    map.setBatch(keys, values);
  }
}

/** The system calls of a list alone. */
function walk(map: BpfMap): number {
  let walked = 0;
  for (const { count } of map.getBatch(READ_AT_ONCE)) walked += count;
  return walked;
}

/** As the daemon lists them: a source and a decoded block each. */
function list(map: BpfMap): number {
  let listed = 0;
  for (const { count, keys, values } of map.getBatch(READ_AT_ONCE)) {
    for (let i = 0; i < count; i++) {
      const source = keys.slice(i * KEY, (i + 1) * KEY);
      const entry = { source, ...codec.block.decode(values, i * codec.block.size) };
      if (entry.source.length === KEY) listed++;
    }
  }
  return listed;
}

function remove(map: BpfMap, count: number): number {
  let removed = 0;
  for (const [first, size] of slices(count)) removed += map.deleteBatch(blockBatch(first, size).keys);
  return removed;
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
  using map = BpfMap.create({
    name: 'bench_blocked',
    type: MapType.HASH,
    keySize: KEY,
    valueSize: codec.block.size,
    maxEntries: count,
  });
  const times = [
    timed(() => load(map, count)),
    timed(() => list(map), count),
    timed(() => walk(map), count),
    timed(() => remove(map, count), count),
  ];
  const grown = Math.max(0, process.memoryUsage().rss - rss);
  return [...times, kernelBytes(map) / 1e6, grown / 1e6];
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
      title: 'Lists of blocks, by batches through BpfMap',
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
        'Load and remove make keys and values too; list decodes each block into an object, as the daemon does; beside it the same walk without decoding. The map has room for exactly so many. Memory of the process: how much its resident set grew over all three; what an earlier round left free is used again.',
      ],
    };
  },
};
