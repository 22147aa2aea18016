import { describe, expect, test } from 'vitest';
import { countCpus, possibleCpus } from './cpus.ts';
import { Descriptor } from './descriptor.ts';
import { features } from './features.ts';
import { errnoName, errnoNumber } from './kernel/errno.ts';
import { ringBytes } from './maps/create-map.ts';
import { becomeUser } from './become-user.ts';
import { raiseMemlock } from './memlock.ts';
import { BpfMap } from './maps/bpf-map.ts';
import { FakeSys } from './testing/fake-sys.ts';

describe('processors', () => {
  test.each([
    ['0', 1],
    ['0-3\n', 4],
    ['0-3,8', 5],
    ['0,2,4-7,16-17\n', 8],
  ])('%j', (list, count) => expect(countCpus(list)).toBe(count));

  test.each(['', 'x', '3-1', '1-', '1,,2', '-1'])('%j is no list', (list) => {
    expect(() => countCpus(list)).toThrow(RangeError);
  });

  test('without /sys', () => {
    const sys = new FakeSys();
    sys.files.clear();
    expect(() => possibleCpus(sys)).toThrow('is /sys mounted?');
  });
});

test('errnos by name, also the one that libc does not know', () => {
  expect([errnoName(7), errnoName(524), errnoName(999)]).toEqual(['E2BIG', 'ENOTSUPP', 'E999']);
  expect(errnoNumber('ENOTSUPP')).toBe(524);
  expect(() => errnoNumber('EWHAT')).toThrow(RangeError);
});

test('the locked-memory limit', () => {
  const sys = new FakeSys();
  expect(raiseMemlock(sys)).toBeUndefined();
  expect(sys.memlock).toBe(Number.MAX_SAFE_INTEGER);
  expect(raiseMemlock(new FakeSys().refuse('setMemlock', 'EPERM'))).toBe('EPERM');
});

test('another user, with the capabilities in two halves', () => {
  const sys = new FakeSys();
  becomeUser({ uid: 65_534, gid: 100 }, [12, 38, 39], sys);
  expect(sys.user).toEqual({ uid: 65_534, gid: 100, low: 0x1000, high: 0xc0 });
  expect(() => {
    becomeUser({ uid: 1, gid: 1 }, [], new FakeSys().refuse('becomeUser', 'EPERM'));
  }).toThrow('becoming user 1: setuid: EPERM');
});

test.each([
  [1, 4096, 4096],
  [4097, 4096, 8192],
  [1, 65536, 65536],
  [2 ** 31, 4096, 2 ** 31],
])('a ring of %d bytes with pages of %d has %d', (wanted, page, bytes) => expect(ringBytes(wanted, page)).toBe(bytes));

test('a ring that no kernel has', () => expect(() => ringBytes(2 ** 31 + 1, 4096)).toThrow(RangeError));

test('features are probed once each, and leave nothing open', () => {
  const sys = new FakeSys().refuse('BPF_LINK_CREATE', 'EINVAL');
  expect({ ...features(sys) }).toEqual({
    release: '6.18.0',
    xdpLink: false,
    xdpFrags: true,
    ringBuffer: true,
    bloomFilter: true,
    batch: false,
    mmapableArray: true,
    coarseClock: true,
    jit: false,
  });
  const probes = sys.calls.length;
  expect(features(sys).xdpLink).toBe(false);
  expect(sys.calls).toHaveLength(probes);
  expect(sys.open.size).toBe(0);
});

test('a descriptor is closed once, and its number is out of reach then', () => {
  const closed: number[] = [];
  const sys = new FakeSys();
  sys.close = (fd) => closed.push(fd);
  const descriptor = new Descriptor(sys, 9, 'map x');
  descriptor.close();
  descriptor[Symbol.dispose]();
  expect(closed).toEqual([9]);
  expect(() => descriptor.fd).toThrow('map x is closed');
});

describe('the memory of a map', () => {
  const taken = (type: number, account: string): number | undefined => {
    const sys = new FakeSys();
    using map = BpfMap.create({ name: 'm', type, keySize: 0, valueSize: 0, maxEntries: 8192 }, sys);
    sys.files.set(`/proc/self/fdinfo/${map.fd}`, account);
    return map.memoryBytes();
  };
  const [array, ring] = [2, 27];

  test('is what the kernel says', () => {
    expect(taken(array, 'flags:\t02\nmap_type:\t2\nmemlock:\t4096\nmap_id:\t7\n')).toBe(4096);
    expect(taken(ring, 'memlock:\t45384\n')).toBe(45_384);
  });

  test('also of a ring, of which some kernels say 0', () => expect(taken(ring, 'memlock:\t0\n')).toBe(8192));

  test('is not known without /proc', () => expect(taken(array, '')).toBeUndefined());
});

describe('a kernel without batches', () => {
  const bytes = (...values: number[]) => new Uint8Array(Uint32Array.from(values).buffer);
  const map = () => BpfMap.create({ name: 'm', type: 1, keySize: 4, valueSize: 4, maxEntries: 100 }, new FakeSys());

  test('gets the same one by one', () => {
    const one = map();
    one.setBatch(bytes(1, 2, 3), bytes(10, 20, 30));
    const batches = [...one.getBatch(2)].map(({ count }) => count);
    expect(batches).toEqual([2, 1]);
    expect(one.deleteBatch(bytes(1, 9, 3))).toBe(2);
    expect([...one.keys()]).toEqual([bytes(2)]);
  });

  test('a key may be deleted while it is walked over', () => {
    const one = map();
    for (let i = 0; i < 50; i++) one.set(bytes(i), bytes(i));
    let seen = 0;
    for (const key of one.keys()) seen += Number(one.delete(key));
    expect(seen).toBe(50);
  });

  test('a refusal says how many were written', () => {
    const sys = new FakeSys();
    let writes = 0;
    sys.refuse('BPF_MAP_UPDATE_ELEM', 'E2BIG', () => writes++ === 2);
    const one = BpfMap.create({ name: 'm', type: 1, keySize: 4, valueSize: 4, maxEntries: 100 }, sys);
    expect(() => one.setBatch(bytes(1, 2, 3), bytes(1, 2, 3))).toThrow(
      expect.objectContaining({ name: 'BatchError', code: 'E2BIG', done: 2 }),
    );
  });
});
