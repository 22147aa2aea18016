import { expect, test } from 'vitest';
import { expectNoLeaks } from '../../test/leaks.ts';
import { possibleCpus } from '../cpus.ts';
import { littleEndian } from '../kernel/attr.ts';
import { ElementFlag, MapFlag, MapType } from '../kernel/uapi.ts';
import { raiseMemlock } from '../memlock.ts';
import { BpfMap } from './bpf-map.ts';

// Before 5.11 the memory of maps counts against a limit.
raiseMemlock();
expectNoLeaks();

const u32 = (...values: number[]) => new Uint8Array(Uint32Array.from(values).buffer);
const numbers = (bytes: Uint8Array) => [...new Uint32Array(bytes.slice().buffer)];

function withMap(request: Partial<Parameters<typeof BpfMap.create>[0]>, body: (map: BpfMap) => void): void {
  const map = BpfMap.create({ name: 'test', type: MapType.HASH, keySize: 4, valueSize: 4, maxEntries: 8, ...request });
  try {
    body(map);
  } finally {
    map.close();
  }
}

test.each([
  ['HASH', MapType.HASH, 0],
  ['HASH without preallocation', MapType.HASH, MapFlag.NO_PREALLOC],
  ['LRU_HASH', MapType.LRU_HASH, 0],
])('%s: get, set, delete, iterate', (_name, type, flags) => {
  withMap({ type, flags }, (map) => {
    expect(map.get(u32(1))).toBeUndefined();
    map.set(u32(1), u32(10));
    map.set(u32(2), u32(20), ElementFlag.NOEXIST);
    expect(numbers(map.get(u32(1))!)).toEqual([10]);
    expect(() => map.set(u32(1), u32(0), ElementFlag.NOEXIST)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(() => map.set(u32(3), u32(0), ElementFlag.EXIST)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect([...map.entries()].map(([key, value]) => [...numbers(key), ...numbers(value)]).sort()).toEqual([
      [1, 10],
      [2, 20],
    ]);
    expect([map.delete(u32(1)), map.delete(u32(1))]).toEqual([true, false]);
  });
});

test('a full map says E2BIG', () => {
  withMap({ maxEntries: 1 }, (map) => {
    map.set(u32(1), u32(1));
    expect(() => map.set(u32(2), u32(2))).toThrow(
      expect.objectContaining({ name: 'BpfSyscallError', call: 'BPF_MAP_UPDATE_ELEM', code: 'E2BIG' }),
    );
  });
});

test('every key can be deleted while walking', () => {
  withMap({ maxEntries: 1000 }, (map) => {
    for (let i = 0; i < 1000; i++) map.set(u32(i), u32(i));
    let deleted = 0;
    for (const key of map.keys()) if (map.delete(key)) deleted++;
    expect(deleted).toBe(1000);
    expect([...map.keys()]).toEqual([]);
  });
});

test('keys that others delete meanwhile are left out, and the walk goes on to its end', () => {
  withMap({ maxEntries: 100 }, (map) => {
    for (let i = 0; i < 100; i++) map.set(u32(i), u32(i));
    const walk = map.entries();
    expect(walk.next().done).toBe(false);
    for (let i = 0; i < 100; i++) map.delete(u32(i));
    expect(walk.next().done).toBe(true);
  });
});

test('LPM_TRIE finds the longest prefix', () => {
  const key = (bits: number, ...octets: number[]) => new Uint8Array([...u32(bits), ...octets]);
  withMap({ type: MapType.LPM_TRIE, keySize: 8, flags: MapFlag.NO_PREALLOC }, (map) => {
    map.set(key(8, 10, 0, 0, 0), u32(8));
    map.set(key(24, 10, 0, 1, 0), u32(24));
    expect(numbers(map.get(key(32, 10, 0, 1, 9))!)).toEqual([24]);
    expect(numbers(map.get(key(32, 10, 9, 1, 9))!)).toEqual([8]);
    expect(map.get(key(32, 11, 9, 1, 9))).toBeUndefined();
    expect([...map.getBatch()].reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });
});

test.each([
  ['PERCPU_HASH', MapType.PERCPU_HASH],
  ['PERCPU_ARRAY', MapType.PERCPU_ARRAY],
])('%s: a value has a part of 8 bytes for each possible processor', (_name, type) => {
  withMap({ type, valueSize: 4 }, (map) => {
    expect(map.valueBytes).toBe(8 * possibleCpus());
    const value = u32(...Array.from({ length: 2 * possibleCpus() }, (_, i) => (i % 2 === 0 ? i + 1 : 0)));
    map.set(u32(0), value);
    expect(map.get(u32(0))).toEqual(value);
    const [batch] = [...map.getBatch()];
    const at = numbers(batch!.keys).indexOf(0) * map.valueBytes;
    expect(batch!.values.slice(at, at + map.valueBytes)).toEqual(value);
  });
});

test.each([
  ['HASH', MapType.HASH],
  ['LRU_HASH', MapType.LRU_HASH],
])('batches of %s, in pieces that are smaller than it', (_name, type) => {
  withMap({ type, maxEntries: 5000, valueSize: 8 }, (map) => {
    const keys = u32(...Array.from({ length: 3000 }, (_, i) => i));
    const values = u32(...Array.from({ length: 6000 }, (_, i) => i));
    map.setBatch(keys, values);
    const seen = new Map<number, number>();
    for (const batch of map.getBatch(64)) {
      const found = numbers(batch.keys);
      numbers(batch.values).forEach((value, i) => i % 2 === 0 && seen.set(found[i / 2]!, value));
    }
    expect(seen.size).toBe(3000);
    expect([...seen].every(([key, value]) => value === 2 * key)).toBe(true);
    // Some of these are not there.
    expect(map.deleteBatch(u32(0, 70000, 1, 70001, 2))).toBe(3);
    expect(map.deleteBatch(keys)).toBe(2997);
    expect([...map.getBatch()]).toEqual([]);
  });
});

test('a batch that does not fit says how far it came', () => {
  withMap({ maxEntries: 2 }, (map) => {
    expect(() => map.setBatch(u32(1, 2, 3), u32(1, 2, 3))).toThrow(
      expect.objectContaining({ name: 'BatchError', code: 'E2BIG', done: 2 }),
    );
  });
});

test('a kind without batches is read one by one', () => {
  withMap({ type: MapType.DEVMAP_HASH, maxEntries: 4 }, (map) => {
    map.set(u32(7), u32(1));
    expect([...map.getBatch()].map(({ count }) => count)).toEqual([1]);
  });
});

test('a frozen map is read only, a name is cut, the kernel tells the rest', () => {
  withMap({ type: MapType.ARRAY, name: 'a-very-long-name-of-a-map', maxEntries: 3 }, (map) => {
    expect(map.info()).toMatchObject({ name: 'a_very_long_nam', type: MapType.ARRAY, keySize: 4, maxEntries: 3 });
    map.freeze();
    expect(() => map.set(u32(0), u32(1))).toThrow(expect.objectContaining({ code: 'EPERM' }));
    expect(numbers(map.get(u32(0))!)).toEqual([0]);
  });
});

test('the size of a ring buffer is rounded up', () => {
  withMap({ type: MapType.RINGBUF, keySize: 0, valueSize: 0, maxEntries: 5000 }, (map) => {
    expect(map.maxEntries).toBe(8192);
  });
});

test('wrong sizes are refused before the kernel, use after close too', () => {
  const map = BpfMap.create({ name: 'x', type: MapType.HASH, keySize: 4, valueSize: 4, maxEntries: 1 });
  expect(() => map.get(new Uint8Array(3))).toThrow(RangeError);
  expect(() => map.set(u32(1), new Uint8Array(5))).toThrow(RangeError);
  expect(() => map.setBatch(new Uint8Array(5), u32(1))).toThrow(RangeError);
  expect(() => map.setBatch(u32(1, 2), u32(1))).toThrow(RangeError);
  map.close();
  map.close();
  expect(() => map.get(u32(1))).toThrow(expect.objectContaining({ name: 'ClosedError', message: 'map x is closed' }));
  expect(littleEndian).toBe(new Uint8Array(Uint16Array.of(1).buffer)[0] === 1);
});

test('the memory of a map is what its elements take, and of a ring its room', () => {
  withMap({ type: MapType.ARRAY, valueSize: 1_000, maxEntries: 1_000 }, (map) => {
    expect(map.memoryBytes()).toBeGreaterThanOrEqual(1_000_000);
    expect(map.memoryBytes()).toBeLessThan(1_100_000);
  });
  withMap({ type: MapType.RINGBUF, keySize: 0, valueSize: 0, maxEntries: 1 << 20 }, (map) => {
    expect(map.memoryBytes()).toBeGreaterThanOrEqual(1 << 20);
    expect(map.memoryBytes()).toBeLessThan(1.1 * (1 << 20));
  });
});
