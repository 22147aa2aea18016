import { contains, maskAddress } from '@scanward/daemon';
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
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeMap } from '../../test/fake-map.ts';
import { FakeTrie } from '../../test/fake-trie.ts';
import { KernelAllowStore } from './allow-store.ts';
import { KernelBlockStore } from './block-store.ts';
import { KernelCounterSource } from './counter-source.ts';
import { KernelGraceStore } from './grace-store.ts';
import { KernelNoteStore } from './note-store.ts';
import { KernelSourceStore } from './source-store.ts';

const codec = codecs('little');
const source = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
const scanned = { startNs: 5n, expiryNs: 9n, reason: 'scan' } as const;
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
  const answer = (command: Command): Partial<Command> => {
    const { op, source, block, first, count } = command;
    const key = command.isNet === 0 ? source.join() : `${source.join()}/${block.bits}`;
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

const noMaps = {
  lines: Object.assign(new FakeMap(), { maxEntries: 70_000 }),
  hash: new FakeMap(),
  nets: new FakeMap(),
};

test('blocks are written, read, replaced and removed by the program', () => {
  const program = fakeProgram();
  const store = new KernelBlockStore(noMaps, program, codec);
  expect(store.get(source)).toBeUndefined();
  expect(store.add(source, 64, scanned)).toBe(true);
  expect(store.get(source)).toEqual({ source, bits: 64, ...scanned, packets: 0n, bytes: 0n, isNet: false });
  const again = { startNs: 6n, expiryNs: 0n, reason: 'operator', packets: 7n, bytes: 8n } as const;
  expect(store.add(source, 64, again)).toBe(true);
  expect(store.get(source)).toEqual({ source, bits: 64, ...again, isNet: false });
  expect(store.getNet({ address: source, bits: 64 })).toBeUndefined();
  expect(store.remove(source)).toBe(true);
  expect(store.remove(source)).toBe(false);
});

test('nets are blocks of their own, named by address and length; bits behind that are no matter', () => {
  const store = new KernelBlockStore(noMaps, fakeProgram(), codec);
  const net = { address: source, bits: 12 };
  const masked = Uint8Array.of(1, 0, ...Array<number>(14).fill(0));
  expect(store.addNet(net, scanned)).toBe(true);
  expect(store.getNet({ address: masked, bits: 12 })).toEqual({
    ...{ source: masked, bits: 12, isNet: true, packets: 0n, bytes: 0n },
    ...scanned,
  });
  expect([store.get(masked), store.getNet({ address: masked, bits: 13 })]).toEqual([undefined, undefined]);
  expect([store.remove(masked), store.removeNet({ address: masked, bits: 13 })]).toEqual([false, false]);
  expect(store.removeNet({ address: source, bits: 12 })).toBe(true);
  expect(store.addNet({ address: source, bits: 0 }, scanned)).toBe(true);
  expect(store.getNet({ address: masked, bits: 0 })).toMatchObject({ bits: 0, source: new Uint8Array(16) });
});

test('a full blocklist says so, and any refusal of the kernel is thrown', () => {
  const program = fakeProgram();
  const store = new KernelBlockStore(noMaps, program, codec);
  program.room = 0;
  expect([store.add(source, 128, scanned), store.addNet({ address: source, bits: 9 }, scanned)]).toEqual([
    false,
    false,
  ]);
  program.testRun = () => {
    throw new BpfSyscallError('BPF_PROG_TEST_RUN', 12);
  };
  expect(() => store.add(source, 128, scanned)).toThrow('ENOMEM');
});

test('all lines are looked at again in chunks', () => {
  const program = fakeProgram();
  new KernelBlockStore(noMaps, program, codec).recheck();
  expect(program.rechecked).toEqual([
    [0, 65_536],
    [65_536, 4_464],
  ]);
});

test('the blocklist is read in batches, lines, hash and nets, each of which is gone when the next one comes', () => {
  const lines = Object.assign(new FakeMap(), { maxEntries: 8 });
  const hash = new FakeMap();
  const nets = new FakeMap();
  const store = new KernelBlockStore({ lines, hash, nets }, fakeProgram(), codec);
  const none = [0, 0, 0, 0];
  for (let i = 0; i < 8; i++) {
    const line = { inHash: 0, reasons: Uint8Array.of(1, 0, 0, 0, 0), addresses: [0x0a000000 + i, ...none] };
    const counts = { packets: [i, ...none], bytes: [7n, 0n, 0n, 0n, 0n] };
    const times = { starts: [i, ...none], expiries: [i + 1, ...none] };
    lines.set(Uint8Array.of(i, 0, 0, 0), codec.blockLine.encode({ ...line, ...times, ...counts }));
  }
  const block = { startNs: 1n, expiryNs: 0n, packets: 2n, bytes: 3n, reason: 2, bits: 48 };
  const sources = Array.from({ length: 8 }, (_, i) => new Uint8Array(16).fill(i + 1));
  for (const each of sources) hash.set(each, codec.block.encode(block));

  nets.set(codec.prefixKey.encode({ prefixBits: 48, address: sources[7]! }), codec.block.encode(block));

  const entries = [...store.entries()];
  const mapped = (i: number) => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, i);
  expect(entries.map((entry) => entry.source)).toEqual([...sources.map((_, i) => mapped(i)), ...sources, sources[7]]);
  const times = { startNs: 5n << 26n, expiryNs: 6n << 26n };
  expect(entries[5]).toEqual({
    source: mapped(5),
    ...times,
    bits: 128,
    packets: 5n,
    bytes: 7n,
    reason: 'scan',
    isNet: false,
  });
  expect(entries[9]).toEqual({ source: sources[1], ...block, reason: 'operator', isNet: false });
  expect(entries[16]).toEqual({ source: sources[7], ...block, reason: 'operator', isNet: true });
});

test('allow entries keep their reason and prefix', () => {
  const map = new FakeMap();
  const masked = source.with(15, 0);
  let added = 0;
  const store = new KernelAllowStore(map, codec, () => added++);
  for (const reason of ['own', 'gateway', 'resolver', 'ssh-peer', 'operator', 'command'] as const) {
    const entry = { address: masked, bits: 120, reason };
    expect(store.add(entry)).toBe(true);
    expect([...store.entries()]).toEqual([entry]);
  }
  expect(store.remove({ address: source, bits: 121 })).toBe(false);
  expect(store.remove({ address: source, bits: 120 })).toBe(true);
  map.refusal = full(28);
  expect(store.add({ address: source, bits: 1, reason: 'own' })).toBe(false);
  expect(added).toBe(6); // after each that was added the blocklist is looked at again
});

test('graces are of prefixes; none ends before one that holds it, in whatever order they are set', () => {
  const store = new KernelGraceStore(new FakeTrie(), codec);
  const net = (bits: number) => ({ address: maskAddress(source, bits), bits });
  const untils = () => [...store.entries()].map(({ bits, untilNs }) => [bits, untilNs]).sort();
  expect(store.set({ ...net(64), untilNs: 50n })).toBe(true);
  expect([...store.entries()]).toEqual([{ ...net(64), untilNs: 50n }]);
  store.set({ ...net(128), untilNs: 40n });
  store.set({ ...net(96), untilNs: 90n });
  expect(untils()).toEqual([
    [128, 90n],
    [64, 50n],
    [96, 90n],
  ]);
  store.set({ ...net(0), untilNs: 70n });
  expect(untils()).toEqual([
    [0, 70n],
    [128, 90n],
    [64, 70n],
    [96, 90n],
  ]);
  // One that is set anew may end earlier, but not before those around it.
  store.set({ ...net(96), untilNs: 1n });
  expect(untils()).toContainEqual([96, 70n]);
  expect([store.remove(net(65)), store.remove(net(64)), store.remove(net(64))]).toEqual([false, true, false]);
});

test('no grace is shorter than any that holds it, whatever is set', () => {
  const step = fc.record({ byte: fc.nat(3), bits: fc.integer({ min: 0, max: 4 }), untilNs: fc.bigInt(1n, 9n) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const store = new KernelGraceStore(new FakeTrie(), codec);
      for (const { byte, bits, untilNs } of steps) {
        const address = new Uint8Array(16).with(0, byte << 6);
        expect(store.set({ address, bits, untilNs })).toBe(true);
      }
      const all = [...store.entries()];
      for (const inner of all) {
        const around = all.filter((outer) => outer.bits < inner.bits && contains(outer, inner.address));
        for (const outer of around) expect(inner.untilNs).toBeGreaterThanOrEqual(outer.untilNs);
      }
    }),
  );
});

test('many graces, as of all sources of a flood, are not held against all others each', () => {
  const map = new FakeTrie();
  let walks = 0;
  const store = new KernelGraceStore(Object.assign(map, { entries: counted(map.entries.bind(map)) }), codec);
  function counted<T>(entries: () => T): () => T {
    return () => {
      walks++;
      return entries();
    };
  }
  for (let i = 0; i < 500; i++)
    store.set({ address: Uint8Array.of(0x20, i >> 8, i, ...new Uint8Array(13)), bits: 64, untilNs: 9n });
  expect([...store.entries()].length).toBe(500);
  expect(walks).toBeLessThanOrEqual(2);
});

test('a full trie of an older kernel refuses to replace: what is there gives way first', () => {
  const map = new FakeTrie(2);
  const store = new KernelGraceStore(map, codec);
  const entry = (last: number, untilNs: bigint) => ({ address: source.with(15, last), bits: 128, untilNs });
  expect([1, 2, 3].map((last) => store.set(entry(last, 5n)))).toEqual([true, true, false]);
  expect(store.set(entry(2, 6n))).toBe(true);
  expect([...store.entries()].map(({ untilNs }) => untilNs).sort()).toEqual([5n, 6n]);
});

test('notes keep ports and text, cut to what there is room for', () => {
  const map = new FakeMap();
  const store = new KernelNoteStore(map, codec);
  const prefix = (bits: number) => ({ address: maskAddress(source, bits), bits });
  const notes = [
    { ...prefix(128), ports: [83, 82], text: '' },
    { ...prefix(64), ports: [], text: 'Störer, bis Montag' },
    { ...prefix(32), ports: Array.from({ length: 32 }, (_, i) => i), text: 'x'.repeat(64) },
    { ...prefix(16), ports: [], text: '' },
  ];
  for (const { ports, text, ...at } of notes) expect(store.set(at, { ports, text })).toBe(true);
  expect([...store.entries()]).toEqual(notes);
  expect(store.get({ address: source, bits: 64 })).toEqual({ ports: [], text: 'Störer, bis Montag' });
  expect(store.get(prefix(63))).toBeUndefined();
  store.set(prefix(64), { ports: Array.from({ length: 40 }, (_, i) => i), text: 'é'.repeat(40) });
  expect(store.get(prefix(64))).toEqual({ ports: notes[2]!.ports, text: 'é'.repeat(32) });
  expect([store.remove(prefix(64)), store.remove(prefix(64))]).toEqual([true, false]);
  map.refusal = full(7);
  expect(store.set(prefix(8), notes[0]!)).toBe(false);
});

test('counters are summed over the processors', () => {
  const counters = (n: bigint): Counters => ({
    verdicts: Array.from({ length: VERDICTS }, (_, i) => ({ packets: n * BigInt(i), bytes: n })),
    connectionsLost: n,
    scansLost: 2n * n,
    blocksMade: 3n * n,
    blocksRefused: 4n * n,
    blocksCapped: 8n * n,
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
  expect(seen.splice(0)).toEqual([source, source, source]);
  const steps = store.steps((bytes, offset) => seen.push(codec.source.decode(bytes, offset).source));
  const visited = [...steps];
  expect(visited.reduce((sum, count) => sum + count, 0)).toBe(3);
  expect(visited).toHaveLength(2);
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
