import { BpfSyscallError } from '@scanward/loader-native';
import { codecs, COMMAND_SETS_MAX, type Counters, perCpu, VERDICTS } from '@scanward/map-codec';
import { expect, test } from 'vitest';
import { FakeMap } from '../../test/fake-map.ts';
import { KernelAllowStore } from './allow-store.ts';
import { KernelBlockStore } from './block-store.ts';
import { KernelCounterSource } from './counter-source.ts';
import { KernelSourceStore } from './source-store.ts';

const codec = codecs('little');
const source = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
const full = (errno: number) => new BpfSyscallError('BPF_MAP_UPDATE_ELEM', errno);

test('blocks are written, read, replaced and removed', () => {
  const map = new FakeMap();
  const store = new KernelBlockStore(map, codec);
  expect(store.get(source)).toBeUndefined();
  expect(store.add(source, 5n, 9n)).toBe(true);
  const entry = { source, startNs: 5n, expiryNs: 9n, packets: 0n, bytes: 0n, reason: 'scan' };
  expect(store.get(source)).toEqual(entry);
  expect([...store.entries()]).toEqual([entry]);
  expect(store.add(source, 6n, 0n)).toBe(true);
  expect(store.get(source)).toMatchObject({ startNs: 6n, expiryNs: 0n });
  expect(store.remove(source)).toBe(true);
  expect(store.remove(source)).toBe(false);
});

test('a long blocklist is read in batches, each of which is gone when the next one comes', () => {
  const store = new KernelBlockStore(new FakeMap(), codec);
  const sources = Array.from({ length: 8 }, (_, i) => new Uint8Array(16).fill(i + 1));
  for (const [i, each] of sources.entries()) store.add(each, BigInt(i), 0n);
  const entries = [...store.entries()];
  expect(entries.map((entry) => entry.source)).toEqual(sources);
  expect(entries.map(({ startNs }) => Number(startNs))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a full blocklist says so, and any other refusal is thrown', () => {
  const map = new FakeMap();
  const store = new KernelBlockStore(map, codec);
  map.refusal = full(7);
  expect(store.add(source, 5n, 9n)).toBe(false);
  map.refusal = full(12);
  expect(() => store.add(source, 5n, 9n)).toThrow('ENOMEM');
});

test('allow entries keep their reason and prefix', () => {
  const map = new FakeMap();
  const store = new KernelAllowStore(map, codec);
  for (const reason of ['own', 'gateway', 'resolver', 'ssh-peer', 'operator'] as const) {
    const entry = { address: source, bits: 120, reason };
    expect(store.add(entry)).toBe(true);
    expect([...store.entries()]).toEqual([entry]);
  }
  expect(store.remove({ address: source, bits: 121 })).toBe(false);
  expect(store.remove({ address: source, bits: 120 })).toBe(true);
  map.refusal = full(28);
  expect(store.add({ address: source, bits: 1, reason: 'own' })).toBe(false);
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
  const none = new Uint8Array(16);
  expect(asked.splice(0)).toEqual(
    [
      [0, COMMAND_SETS_MAX],
      [COMMAND_SETS_MAX, COMMAND_SETS_MAX],
      [2 * COMMAND_SETS_MAX, 10],
    ].map(([first, count]) => ({ op: 1, first, count, live: 0, emptied: 0, source: none })),
  );
  store.forget(source);
  expect(asked).toEqual([{ op: 2, first: 0, count: 0, live: 0, emptied: 0, source }]);
});
