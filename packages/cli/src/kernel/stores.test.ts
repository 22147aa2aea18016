import { BpfSyscallError } from '@scanward/loader-native';
import {
  type Block,
  BlockOutcome,
  codecs,
  type Command,
  COMMAND_SETS_MAX,
  commandOf,
  CommandOp,
  type Counters,
  perCpu,
  VERDICTS,
} from '@scanward/map-codec';
import { expect, test } from 'vitest';
import { FakeMap } from '../../test/fake-map.ts';
import { KernelAllowStore } from './allow-store.ts';
import { KernelBlockStore } from './block-store.ts';
import { KernelCounterSource } from './counter-source.ts';
import { KernelSourceStore } from './source-store.ts';

const codec = codecs('little');
const source = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
const full = (errno: number) => new BpfSyscallError('BPF_MAP_UPDATE_ELEM', errno);

/** The command program's answers to FIND, BLOCK and UNBLOCK over a list of its own; of RECHECK it does every line. */
function fakeProgram() {
  const blocks = new Map<string, Block>();
  const fake = {
    blocks,
    rechecked: [] as [first: number, count: number][],
    room: 8,
    testRun({ data }: { data: Uint8Array }) {
      const command = codec.command.decode(data);
      return { verdict: 2, data: codec.command.encode({ ...command, ...answer(command), next: 1 }), durationNs: 0 };
    },
  };
  const answer = ({ op, source, block, first, count }: Command): Partial<Command> => {
    const key = source.join();
    const found = blocks.get(key);
    switch (op) {
      case CommandOp.BLOCK:
        if (!found && blocks.size >= fake.room) return { outcome: BlockOutcome.REFUSED };
        blocks.set(key, block);
        return { outcome: BlockOutcome.MADE };
      case CommandOp.UNBLOCK:
        return { outcome: blocks.delete(key) ? BlockOutcome.REMOVED : BlockOutcome.ABSENT };
      case CommandOp.FIND:
        return found ? { outcome: BlockOutcome.HELD, block: found } : { outcome: BlockOutcome.ABSENT };
      default:
        fake.rechecked.push([first, count]);
        return { first: first + count, count: 0 };
    }
  };
  return fake;
}

const noMaps = { lines: Object.assign(new FakeMap(), { maxEntries: 70_000 }), hash: new FakeMap() };

test('blocks are written, read, replaced and removed by the program', () => {
  const program = fakeProgram();
  const store = new KernelBlockStore(noMaps, program, codec);
  expect(store.get(source)).toBeUndefined();
  expect(store.add(source, 5n, 9n)).toBe(true);
  const entry = { source, startNs: 5n, expiryNs: 9n, packets: 0n, bytes: 0n, reason: 'scan' };
  expect(store.get(source)).toEqual(entry);
  expect(store.add(source, 6n, 0n)).toBe(true);
  expect(store.get(source)).toMatchObject({ startNs: 6n, expiryNs: 0n });
  expect(store.remove(source)).toBe(true);
  expect(store.remove(source)).toBe(false);
});

test('a full blocklist says so, and any refusal of the kernel is thrown', () => {
  const program = fakeProgram();
  const store = new KernelBlockStore(noMaps, program, codec);
  program.room = 0;
  expect(store.add(source, 5n, 9n)).toBe(false);
  program.testRun = () => {
    throw new BpfSyscallError('BPF_PROG_TEST_RUN', 12);
  };
  expect(() => store.add(source, 5n, 9n)).toThrow('ENOMEM');
});

test('all lines are looked at again in chunks', () => {
  const program = fakeProgram();
  new KernelBlockStore(noMaps, program, codec).recheck();
  expect(program.rechecked).toEqual([
    [0, 65_536],
    [65_536, 4_464],
  ]);
});

test('the blocklist is read in batches, lines and hash, each of which is gone when the next one comes', () => {
  const lines = Object.assign(new FakeMap(), { maxEntries: 8 });
  const hash = new FakeMap();
  const store = new KernelBlockStore({ lines, hash }, fakeProgram(), codec);
  const none = [0, 0, 0, 0];
  for (let i = 0; i < 8; i++) {
    const line = { inHash: 0, reasons: Uint8Array.of(1, 0, 0, 0, 0), addresses: [0x0a000000 + i, ...none] };
    const counts = { packets: [i, ...none], bytes: [7n, 0n, 0n, 0n, 0n] };
    const times = { starts: [i, ...none], expiries: [i + 1, ...none] };
    lines.set(Uint8Array.of(i, 0, 0, 0), codec.blockLine.encode({ ...line, ...times, ...counts }));
  }
  const block = { startNs: 1n, expiryNs: 0n, packets: 2n, bytes: 3n, reason: 2 };
  const sources = Array.from({ length: 8 }, (_, i) => new Uint8Array(16).fill(i + 1));
  for (const each of sources) hash.set(each, codec.block.encode(block));

  const entries = [...store.entries()];
  const mapped = (i: number) => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, i);
  expect(entries.map((entry) => entry.source)).toEqual([...sources.map((_, i) => mapped(i)), ...sources]);
  const times = { startNs: 5n << 26n, expiryNs: 6n << 26n };
  expect(entries[5]).toEqual({ source: mapped(5), ...times, packets: 5n, bytes: 7n, reason: 'scan' });
  expect(entries[9]).toEqual({ source: sources[1], ...block, reason: 'operator' });
});

test('allow entries keep their reason and prefix', () => {
  const map = new FakeMap();
  let added = 0;
  const store = new KernelAllowStore(map, codec, () => added++);
  for (const reason of ['own', 'gateway', 'resolver', 'ssh-peer', 'operator'] as const) {
    const entry = { address: source, bits: 120, reason };
    expect(store.add(entry)).toBe(true);
    expect([...store.entries()]).toEqual([entry]);
  }
  expect(store.remove({ address: source, bits: 121 })).toBe(false);
  expect(store.remove({ address: source, bits: 120 })).toBe(true);
  map.refusal = full(28);
  expect(store.add({ address: source, bits: 1, reason: 'own' })).toBe(false);
  expect(added).toBe(5); // after each that was added the blocklist is looked at again
});

test('counters are summed over the processors', () => {
  const counters = (n: bigint): Counters => ({
    verdicts: Array.from({ length: VERDICTS }, (_, i) => ({ packets: n * BigInt(i), bytes: n })),
    connectionsLost: n,
    scansLost: 2n * n,
    blocksMade: 3n * n,
    blocksRefused: 4n * n,
    sourcesEvicted: 5n * n,
    singlesEvicted: 6n * n,
    synsEvicted: 7n * n,
  });
  const map = new FakeMap();
  map.set(new Uint8Array(4), perCpu(codec.counters, 3).encode([counters(1n), counters(10n), counters(100n)]));
  expect(new KernelCounterSource(map, codec, 3).read()).toEqual(counters(111n));
});

test('only slots that hold a source are visited, where they lie', () => {
  const slot = (used: boolean) => ({
    source: used ? source : new Uint8Array(16),
    destination: new Uint8Array(16),
    overNs: 0n,
    untilNs: 0n,
    connections: 0,
    ports: 0,
    touches: Array.from({ length: 32 }, () => 0n),
  });
  const sets = [
    [false, true, false, true],
    [false, false, false, false],
    [true, false, false, false],
  ].map((used) => codec.sourceSet.encode({ slots: used.map(slot) }));
  const batch = (...values: Uint8Array[]) => ({
    count: values.length,
    keys: new Uint8Array(),
    values: Buffer.concat(values),
  });
  const map = {
    maxEntries: 3,
    *getBatch(_count?: number, flags?: number) {
      expect(flags).toBe(4);
      yield batch(sets[0]!, sets[1]!);
      yield batch(sets[2]!);
    },
  };
  const seen: Uint8Array[] = [];
  const store = new KernelSourceStore(
    map,
    { testRun: () => ({ verdict: 2, data: new Uint8Array(), durationNs: 0 }) },
    codec,
  );
  store.visit((bytes, offset) => seen.push(codec.source.decode(bytes, offset).source));
  expect(seen).toEqual([source, source, source]);
});

test('the table is swept in chunks that the program takes, and forgets one source at a time', () => {
  const asked: unknown[] = [];
  const testRun = ({ data }: { data: Uint8Array }) => {
    const command = codec.command.decode(data);
    asked.push(command);
    return { verdict: 2, data: codec.command.encode({ ...command, live: 2 }), durationNs: 0 };
  };
  const store = new KernelSourceStore(
    { maxEntries: 2 * COMMAND_SETS_MAX + 10, getBatch: () => [] as never },
    { testRun },
    codec,
  );
  expect(store.sweep()).toBe(6);
  expect(asked.splice(0)).toEqual(
    [
      [0, COMMAND_SETS_MAX],
      [COMMAND_SETS_MAX, COMMAND_SETS_MAX],
      [2 * COMMAND_SETS_MAX, 10],
    ].map(([first, count]) => commandOf({ op: 1, first: first!, count: count! })),
  );
  store.forget(source);
  expect(asked).toEqual([commandOf({ op: 2, source })]);
});
