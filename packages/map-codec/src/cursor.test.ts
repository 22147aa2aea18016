import { expect, expectTypeOf, test } from 'vitest';
import { CodecError, codecs, cursor, layouts, touchPort, touchTicks } from './index.ts';
import type { Connection, Source } from './index.ts';

const little = codecs('little');

const someConnection: Connection = {
  timeNs: 0x0010_0000_0000_0400n,
  source: new Uint8Array(16).fill(1),
  destination: new Uint8Array(16).fill(2),
  sourcePort: 5973,
  destinationPort: 80,
  ifindex: 3,
  kind: 1,
  portState: 2,
};

const code = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof CodecError) return `${error.code} ${error.path}`;
    throw error;
  }
  return 'nothing was thrown';
};

test('reads a record of a ring where it lies', () => {
  const ring = new Uint8Array(4096);
  little.connection.encode(someConnection, ring, 1000);
  const records = cursor(little.connection);
  expect(records.length).toBe(0);
  expect(records.over(ring, 1000, 1)).toBe(records);
  expect(records.length).toBe(1);
  expect(records.destinationPort(0)).toBe(80);
  expect(records.timeNs(0)).toBe(0x0010_0000_0000_0400n);
  expect([records.timeNsHigh(0), records.timeNsLow(0)]).toEqual([0x0010_0000, 0x400]);
  expect(records.timeNsNumber(0)).toBe(0x0010_0000_0000_0400);
  expect(records.timeNsTicks(0)).toBe(0x0000_0400_0000_0001);
  expect(records.sourceOffset(0)).toBe(1008);
  expect(records.source(0)).toEqual(someConnection.source);
  expect(records.decode(0)).toStrictEqual(someConnection);
});

test('getters have the types of their fields', () => {
  const records = cursor(little.connection);
  expectTypeOf(records.timeNs).toEqualTypeOf<(index: number) => bigint>();
  expectTypeOf(records.timeNsNumber).toEqualTypeOf<(index: number) => number>();
  expectTypeOf(records.source).toEqualTypeOf<(index: number) => Uint8Array>();
  expectTypeOf(cursor(little.scan).ports).toEqualTypeOf<(index: number, element: number) => number>();
  const decode = (index: number) => cursor(little.sourceSet).decode(index);
  expectTypeOf(decode).returns.toEqualTypeOf<{ readonly slots: readonly Source[] }>();
});

test('structs within structs are one flyweight that is moved', () => {
  const set = little.sourceSet.decode(new Uint8Array(little.sourceSet.size));
  const touches = set.slots[0]!.touches.map((_, index) => (BigInt(index + 1) << 40n) | 443n);
  const bytes = new Uint8Array(2 * little.sourceSet.size);
  const slots = set.slots.map((slot, index) => ({ ...slot, touches, connections: index + 1 }));
  little.sourceSet.encode({ slots }, bytes, little.sourceSet.size);
  const sets = cursor(little.sourceSet, bytes);
  const second = sets.slots(1);
  expect(second.length).toBe(4);
  expect([0, 1, 2, 3].map((slot) => second.connections(slot))).toEqual([1, 2, 3, 4]);
  expect(touchTicks(second.touchesHigh(3, 31), second.touchesLow(3, 31))).toBe(32 * 2 ** 24);
  expect(touchPort(second.touchesLow(3, 31))).toBe(443);
  expect(second.sourceOffset(2)).toBe(little.sourceSet.size + 8 + 2 * little.source.size);
  expect(sets.slots(0)).toBe(second);
  expect(second.connections(0)).toBe(0);
});

test('a number above 2^53 - 1 is refused, a time for ever has no tick', () => {
  const bytes = new Uint8Array(16).fill(0xff);
  bytes.set([0, 0, 0, 0, 0, 0, 0x20, 0]);
  const tally = cursor(little.tally, bytes);
  expect(code(() => tally.packetsNumber(0))).toBe('RANGE packets');
  bytes[6] = 0x1f;
  expect(tally.packetsNumber(0)).toBe(0x1f_0000_0000_0000);
  const block = cursor(
    little.block,
    little.block.encode({ startNs: 2n ** 63n - 1n, expiryNs: 2n ** 63n, packets: 0n, bytes: 0n, reason: 1, bits: 128 }),
  );
  expect(block.startNsTicks(0)).toBe(2 ** 53 - 1);
  expect(code(() => block.expiryNsTicks(0))).toBe('RANGE expiryNs');
});

test.each([-1, 2, 0.5, NaN, 2 ** 32])('there is no record %d of two', (index) => {
  const records = cursor(little.connection, new Uint8Array(112));
  expect(code(() => records.ifindex(index))).toBe('INDEX ifindex');
  expect(code(() => records.timeNsNumber(index))).toBe('INDEX timeNs');
  expect(code(() => records.sourceOffset(index))).toBe('INDEX source');
  expect(code(() => records.decode(index))).toBe('INDEX connection');
});

test('there is no element 32, and none that is not said', () => {
  const scans = cursor(little.scan, new Uint8Array(little.scan.size));
  expect(code(() => scans.ports(0, 32))).toBe('INDEX ports');
  expect(code(() => (scans.ports as (index: number) => number)(0))).toBe('INDEX ports');
});

test.each([
  ['a broken record', 57, 0, undefined],
  ['more than there is', 112, 0, 3],
  ['an offset too far', 112, 70, 1],
  ['an offset before the start', 112, -56, 1],
  ['a fraction of a record', 112, 0, 0.5],
  ['fewer than none', 112, 0, -1],
])('wrong length: %s; then it stands on nothing', (_, size, offset, length) => {
  const records = cursor(little.connection, new Uint8Array(56));
  expect(code(() => records.over(new Uint8Array(size), offset, length))).toBe('LENGTH connection');
  expect(records.length).toBe(0);
});

test('padding is checked when the cursor is moved', () => {
  const { size } = little.blockLine;
  const bytes = new Uint8Array(2 * size);
  bytes[size + 7] = 1;
  const lines = cursor(little.blockLine, new Uint8Array(size));
  expect(code(() => lines.over(bytes))).toBe('PADDING blockLine[1].pad');
  expect(lines.length).toBe(0);
  expect(lines.over(bytes, 0, 1).length).toBe(1);
});

test('a stride goes over what is between the records, which is zero', () => {
  const bytes = new Uint8Array([5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
  const allowed = cursor(little.allow, bytes, { stride: 8 });
  expect([allowed.reason(0), allowed.reason(1)]).toEqual([5, 6]);
  bytes[7] = 1;
  expect(code(() => allowed.over(bytes))).toBe('PADDING allow[0].gap');
  expect(code(() => cursor(little.allow, bytes, { stride: 3 }))).toBe('RANGE allow');
});

test("no field hides the cursor's own names, no getter another one", () => {
  for (const { name, fields } of layouts()) {
    const camel = (field: string): string => field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    const names = fields
      .filter((field) => field.name !== 'pad' && field.name !== 'lock')
      .flatMap((field) => {
        const suffixes = field.type === 'u64' ? ['', 'Number', 'High', 'Low', 'Ticks'] : ['', 'Offset'];
        return suffixes.map((suffix) => camel(field.name) + suffix);
      });
    expect(new Set([...names, 'length', 'over', 'decode']).size, name).toBe(names.length + 3);
  }
});
