import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CodecError, safeNumber, ticksOf, touchPort, touchTicks } from './index.ts';

const halves = (u64: bigint): [number, number] => [Number(u64 >> 32n), Number(u64 & 0xffff_ffffn)];
const u64 = (max: bigint): fc.Arbitrary<bigint> => fc.oneof(fc.bigInt(0n, max), fc.constantFrom(0n, max - 1n, max));

test('safeNumber is the number or a CodecError, never a rounded one', () => {
  fc.assert(
    fc.property(fc.oneof(u64(2n ** 64n - 1n), u64(2n ** 53n)), (value) => {
      if (value < 2n ** 53n) expect(safeNumber(...halves(value))).toBe(Number(value));
      else expect(() => safeNumber(...halves(value))).toThrow(CodecError);
    }),
  );
});

test('ticksOf is the time shifted by ten bits, exactly', () => {
  fc.assert(
    fc.property(u64(2n ** 63n - 1n), (time) => {
      expect(BigInt(ticksOf(...halves(time)))).toBe(time >> 10n);
    }),
  );
});

test('a time of 2^63 and more has no tick', () => {
  fc.assert(
    fc.property(fc.bigInt(2n ** 63n, 2n ** 64n - 1n), (time) => {
      expect(() => ticksOf(...halves(time))).toThrow(CodecError);
    }),
  );
});

test('a touch is its tick and its port', () => {
  fc.assert(
    fc.property(u64(2n ** 48n - 1n), fc.nat(0xffff), (tick, port) => {
      const [high, low] = halves((tick << 16n) | BigInt(port));
      expect([BigInt(touchTicks(high, low)), touchPort(low)]).toEqual([tick, port]);
    }),
  );
});
