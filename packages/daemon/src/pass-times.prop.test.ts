import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DURATION_BOUNDS, PassTimes } from './pass-times.ts';

const pass = fc.record({ lateNs: fc.bigInt(0n, 10n ** 12n), tookNs: fc.bigInt(0n, 10n ** 11n) });

test('each pass is in every bound that it kept, and the sum is of all', () => {
  fc.assert(
    fc.property(fc.array(pass, { maxLength: 30 }), fc.bigInt(-(10n ** 12n), 10n ** 12n), (passes, overdueNs) => {
      const times = new PassTimes();
      for (const { lateNs, tookNs } of passes) times.took(5n, 5n + lateNs, 5n + lateNs + tookNs);
      const took = passes.map(({ tookNs }) => Number(tookNs) / 1e9);
      const value = times.value(overdueNs);
      expect(value.within).toEqual(DURATION_BOUNDS.map((bound) => took.filter((s) => s <= bound).length));
      expect(value.count).toBe(passes.length);
      expect(value.sumSeconds).toBeCloseTo(
        took.reduce((sum, s) => sum + s, 0),
        6,
      );
      const late = [Number(passes.at(-1)?.lateNs ?? 0n), Number(overdueNs), 0].map((ns) => ns / 1e9);
      expect(value.lagSeconds).toBe(Math.max(...late));
    }),
  );
});

test('what was handed out does not change', () => {
  const times = new PassTimes();
  const { within } = times.value(0n);
  times.took(0n, 0n, 0n);
  expect(within).toEqual([0, 0, 0, 0, 0]);
});
