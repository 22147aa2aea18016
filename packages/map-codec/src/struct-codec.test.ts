import { expect, expectTypeOf, test } from 'vitest';
import { BlockReason, CodecError, codecs } from './index.ts';
import type { Block, Connection, Counters, Policy, Source, SourceSet } from './index.ts';

const { block, blocklist, connection, policy, sourceSet, scan, addr, prefixKey } = codecs('little');

const someBlock: Block = { startNs: 1n, expiryNs: 0n, packets: 2n, bytes: 120n, reason: BlockReason.SCAN, bits: 64 };

const codeAndPath = (action: () => unknown): [string, string] => {
  try {
    action();
  } catch (error) {
    if (error instanceof CodecError) return [error.code, error.path];
    throw error;
  }
  throw new Error('nothing was thrown');
};

test('values have the fields of types.h in camelCase', () => {
  expectTypeOf<keyof Block>().toEqualTypeOf<'startNs' | 'expiryNs' | 'packets' | 'bytes' | 'reason' | 'bits'>();
  expectTypeOf<Policy['blockTtlNs']>().toEqualTypeOf<bigint>();
  expectTypeOf<Policy['ipv6Mask']>().toEqualTypeOf<Uint8Array>();
  expectTypeOf<Connection['sourcePort']>().toEqualTypeOf<number>();
  expectTypeOf<SourceSet>().toEqualTypeOf<{ readonly slots: readonly Source[] }>();
  expectTypeOf<Counters['verdicts'][number]>().toEqualTypeOf<{ readonly packets: bigint; readonly bytes: bigint }>();
});

test('a port is what one says, whatever the machine', () => {
  for (const endian of ['little', 'big'] as const) {
    const bytes = new Uint8Array(56);
    bytes.set([0x01, 0xbb], 42);
    expect(codecs(endian).connection.decode(bytes).destinationPort).toBe(443);
  }
});

test('a decoded value shares no memory with the bytes, of a Buffer neither', () => {
  const bytes = Buffer.alloc(connection.size);
  const value = connection.decode(bytes);
  bytes.fill(0xff);
  expect(value.source).toEqual(new Uint8Array(16));
  expect(Buffer.isBuffer(value.source)).toBe(false);
});

test('bytes in the middle of a larger buffer are the right ones', () => {
  const wide = new Uint8Array(80).fill(0xff);
  block.encode(someBlock, wide.subarray(8, 48));
  expect(block.decode(wide.subarray(8, 48))).toStrictEqual(someBlock);
  expect([wide[7], wide[48]]).toEqual([0xff, 0xff]);
});

test('encode zeroes the padding of the array that it is given', () => {
  const some = { isTaken: 1, count: 2, spanBlocks: 3, spanStart: 4, nets: 5 };
  const bytes = blocklist.encode(some, new Uint8Array(blocklist.size).fill(0xff));
  expect([bytes.slice(0, 4), bytes.slice(20, 64)]).toEqual([new Uint8Array(4), new Uint8Array(44)]);
});

test.each([
  ['too few', 39, undefined],
  ['too many', 41, undefined],
  ['too few behind the offset', 79, 40],
  ['an offset before the start', 80, -1],
  ['a fraction', 80, 0.5],
  ['no number', 80, NaN],
])('wrong length: %s', (_, length, offset) => {
  const bytes = new Uint8Array(length);
  expect(codeAndPath(() => block.decode(bytes, offset))).toEqual(['LENGTH', 'block']);
  expect(codeAndPath(() => block.encode(someBlock, bytes, offset))).toEqual(['LENGTH', 'block']);
});

test('padding names its field', () => {
  const bytes = new Uint8Array(sourceSet.size);
  bytes[3] = 1;
  expect(codeAndPath(() => sourceSet.decode(bytes))).toEqual(['PADDING', 'sourceSet.lock']);
  bytes.set([0, 0, 0, 1]);
  bytes[7] = 1;
  bytes[3] = 0;
  expect(codeAndPath(() => sourceSet.decode(bytes))).toEqual(['PADDING', 'sourceSet.pad']);
});

test.each([-1, -0, 0.5, NaN, Infinity, 2 ** 32])('%d is no u32', (reason) => {
  expect(codeAndPath(() => block.encode({ ...someBlock, reason }))).toEqual(['RANGE', 'block.reason']);
});

test.each([-1n, 2n ** 64n])('%d is no u64', (packets) => {
  expect(codeAndPath(() => block.encode({ ...someBlock, packets }))).toEqual(['RANGE', 'block.packets']);
});

test('256 is no u8 and 65536 no port', () => {
  const record = scan.decode(new Uint8Array(scan.size));
  expect(codeAndPath(() => scan.encode({ ...record, sourceBits: 256 }))).toEqual(['RANGE', 'scan.sourceBits']);
  const ports = [...record.ports.slice(1), 65536];
  expect(codeAndPath(() => scan.encode({ ...record, ports }))).toEqual(['RANGE', 'scan.ports[31]']);
});

test.each([
  ['a number for a u64', { ...someBlock, bytes: 1 }, 'block.bytes'],
  ['a bigint for a u32', { ...someBlock, reason: 1n }, 'block.reason'],
  ['a missing field', { ...someBlock, expiryNs: undefined }, 'block.expiryNs'],
  ['null', null, 'block'],
])('wrong type: %s', (_, value, path) => {
  expect(codeAndPath(() => block.encode(value as unknown as Block))).toEqual(['TYPE', path]);
});

test('wrong kinds and lengths of arrays', () => {
  const set = sourceSet.decode(new Uint8Array(sourceSet.size));
  const [slot] = set.slots;
  const withSlot = (changed: object): SourceSet => ({ slots: [...set.slots.slice(1), { ...slot!, ...changed }] });
  expect(codeAndPath(() => sourceSet.encode({ slots: set.slots.slice(1) }))).toEqual(['COUNT', 'sourceSet.slots']);
  expect(codeAndPath(() => sourceSet.encode({ slots: 'four' as never }))).toEqual(['TYPE', 'sourceSet.slots']);
  const touches = [...slot!.touches.slice(1), -1n];
  expect(codeAndPath(() => sourceSet.encode(withSlot({ touches })))).toEqual([
    'RANGE',
    'sourceSet.slots[3].touches[31]',
  ]);
  const source = new Uint8Array(4);
  expect(codeAndPath(() => sourceSet.encode(withSlot({ source })))).toEqual(['COUNT', 'sourceSet.slots[3].source']);
  expect(codeAndPath(() => addr.encode([] as never))).toEqual(['TYPE', 'addr']);
  expect(codeAndPath(() => prefixKey.encode({ prefixBits: 128, address: new Uint8Array(17) }))).toEqual([
    'COUNT',
    'prefixKey.address',
  ]);
});

test('an error says where and what', () => {
  expect(() => policy.decode(new Uint8Array(3))).toThrow('policy: 3 bytes, expected 568');
  expect(() => block.encode({ ...someBlock, reason: -1 })).toThrow(
    'block.reason: -1 is not an integer from 0 to 4294967295',
  );
});
