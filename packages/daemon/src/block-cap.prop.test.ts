import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlockCap } from './block-cap.ts';

test('never more than twice the cap in any minute, and never fewer than the cap where so many are asked for', () => {
  let refused = 0;
  fc.assert(
    fc.property(fc.array(fc.nat(20_000), { maxLength: 120 }), fc.integer({ min: 1, max: 9 }), (gapsMs, perMinute) => {
      const cap = new BlockCap(() => perMinute);
      const taken: number[] = [];
      let nowMs = 1e6;
      for (const gap of gapsMs) {
        nowMs += gap;
        const since = taken.filter((at) => at > nowMs - 60_000).length;
        if (cap.take(BigInt(nowMs) * 1_000_000n)) taken.push(nowMs);
        else expect((refused++, since)).toBeGreaterThanOrEqual(perMinute);
        expect(since).toBeLessThanOrEqual(2 * perMinute);
      }
    }),
  );
  expect(refused).toBeGreaterThan(20);
});

test('0: no cap', () => {
  const cap = new BlockCap(() => 0);
  for (let i = 0; i < 10_000; i++) expect(cap.take(1n)).toBe(true);
});
