import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockExpiryNs, blockStartNs } from './index.ts';

const UNIT = 1n << 26n;
const time = fc.oneof(
  fc.bigInt(0n, (1n << 58n) - 3n * UNIT),
  fc.tuple(fc.bigInt(0n, 1n << 30n), fc.constantFrom(0n, 1n, UNIT - 1n)).map(([units, off]) => units * UNIT + off),
);

test('a block begins at a unit, less than one before its time', () => {
  fc.assert(
    fc.property(time, (ns) => {
      const start = blockStartNs(ns);
      expect([start % UNIT, start <= ns, ns - start < UNIT]).toEqual([0n, true, true]);
    }),
  );
});

test('a block ends at a unit, less than one after its time, and one that never ends never does', () => {
  fc.assert(
    fc.property(time, (ns) => {
      const end = blockExpiryNs(ns);
      expect([end % UNIT, end >= ns, end - ns < UNIT]).toEqual([0n, true, true]);
      expect(end === 0n).toBe(ns === 0n);
    }),
  );
});

test('a block that would end after nine years never does', () => {
  const last = (2n ** 32n - 2n) * UNIT;
  expect(blockExpiryNs(last)).toBe(last);
  for (const ns of [last + 1n, last + UNIT, 2n ** 64n - 1n]) expect(blockExpiryNs(ns)).toBe(0n);
});
