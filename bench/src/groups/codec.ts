import { type Block, type Connection, cursor, type StructCodec } from '@scanward/map-codec';
import type { Group } from '../group.ts';
import { cpuMs } from '../harness/cpu.ts';
import { interleave } from '../harness/interleave.ts';
import { summarise } from '../harness/statistics.ts';
import { codec, endian } from '../kernel/shipped.ts';

const BATCH = 4_096;
const little = endian === 'little';
const MILLION = 1e6;

const u64 = (view: DataView, at: number): number =>
  view.getUint32(at + (little ? 4 : 0), little) * 2 ** 32 + view.getUint32(at + (little ? 0 : 4), little);
const ticks = (view: DataView, at: number): number => Math.floor(u64(view, at) / 1_024);

/** One value of each, and what a reader of many of them sums up. */
interface Subject<T> {
  readonly codec: StructCodec<T>;
  readonly value: T;
  readonly withCursor: (bytes: Uint8Array) => number;
  readonly withView: (view: DataView) => number;
}

const connection: Subject<Connection> = {
  codec: codec.connection,
  value: {
    timeNs: 3_600_000_000_000n,
    source: new Uint8Array(16).fill(1),
    destination: new Uint8Array(16).fill(2),
    sourcePort: 40_000,
    destinationPort: 443,
    ifindex: 2,
    kind: 1,
    portState: 0,
  },
  withCursor: (() => {
    const records = cursor(codec.connection);
    return (bytes: Uint8Array) => {
      records.over(bytes);
      let sum = 0;
      for (let i = 0; i < records.length; i++)
        sum += records.timeNsTicks(i) + records.destinationPort(i) + records.sourcePort(i) + records.ifindex(i);
      return sum;
    };
  })(),
  withView: (view) => {
    let sum = 0;
    for (let at = 0; at < view.byteLength; at += codec.connection.size)
      sum += ticks(view, at) + view.getUint16(at + 40) + view.getUint16(at + 42) + view.getUint32(at + 44, little);
    return sum;
  },
};

const block: Subject<Block> = {
  codec: codec.block,
  value: { startNs: 3_600_000_000_000n, expiryNs: 7_200_000_000_000n, packets: 5n, bytes: 300n, reason: 1, bits: 128 },
  withCursor: (() => {
    const records = cursor(codec.block);
    return (bytes: Uint8Array) => {
      records.over(bytes);
      let sum = 0;
      for (let i = 0; i < records.length; i++)
        sum += records.expiryNsTicks(i) + records.packetsNumber(i) + records.bytesNumber(i) + records.reason(i);
      return sum;
    };
  })(),
  withView: (view) => {
    let sum = 0;
    for (let at = 0; at < view.byteLength; at += 40)
      sum += ticks(view, at + 8) + u64(view, at + 16) + u64(view, at + 24) + view.getUint32(at + 32, little);
    return sum;
  },
};

/** Kept, so that no loop is thrown away as useless. */
let kept = 0;

/** Million values a second. */
function rate(values: number, run: () => void): number {
  const start = cpuMs();
  run();
  return values / (cpuMs() - start) / 1_000;
}

function ways<T>({ codec: one, value, withCursor, withView }: Subject<T>, values: number): (() => number)[] {
  const bytes = new Uint8Array(one.size * BATCH);
  for (let i = 0; i < BATCH; i++) one.encode(value, bytes, i * one.size);
  const view = new DataView(bytes.buffer);
  const into = new Uint8Array(one.size);
  const batches = Math.ceil(values / BATCH);
  const each = (run: (offset: number) => void): number =>
    rate(batches * BATCH, () => {
      for (let batch = 0; batch < batches; batch++) for (let i = 0; i < BATCH; i++) run(i * one.size);
    });
  const overBatches = (run: () => number): number =>
    rate(batches * BATCH, () => {
      for (let batch = 0; batch < batches; batch++) kept += run();
    });
  return [
    () => each((offset) => void (kept += one.decode(bytes, offset) === undefined ? 1 : 0)),
    () => each(() => one.encode(value, into)),
    () => overBatches(() => withCursor(bytes)),
    () => overBatches(() => withView(view)),
  ];
}

const LABELS = [
  'decode, one at a time',
  'encode, one at a time',
  'cursor over a batch',
  'plain DataView loop',
] as const;

export const codecs: Group = {
  name: 'codec',
  async run(scale, progress) {
    const values = scale.quick ? BATCH : 2 * MILLION;
    const subjects = [ways(connection, values), ways(block, values)];
    const tasks = LABELS.flatMap((label, way) =>
      subjects.map((subject, index) => ({ name: `${label} ${index}`, run: subject[way]! })),
    );
    // The first call is V8's, which compiles.
    for (const task of tasks) task.run();
    const figures = await interleave(tasks, scale.rounds, progress);
    return {
      name: 'codec',
      title: 'Codec, in one thread',
      unit: 'million values a second of CPU time',
      columns: ['connection (56 bytes)', 'block (40 bytes)'],
      rows: LABELS.map((label) => ({
        label,
        cells: subjects.map((_, index) => ({ summary: summarise(figures.get(`${label} ${index}`)!) })),
      })),
      notes: [
        'One at a time makes an object with bigints and copies of the addresses. Cursor and DataView loop read the numbers of each record (time, ports, interface; expiry, packets, bytes, reason) and make nothing; the cursor checks bounds, padding and ranges too.',
      ],
    };
  },
};
