import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineLimit } from './line-limit.ts';

const step = fc.record({ source: fc.constantFrom('a', 'b', 'c'), waitS: fc.oneof(fc.constant(0), fc.nat(40)) });
const MINUTE = 60;

it('in any minute there are no more lines than the limits, and as many as they allow', () => {
  let refused = 0;
  fc.assert(
    fc.property(
      ...[fc.array(step, { maxLength: 120, size: 'max' }), fc.nat(4), fc.nat(9)],
      (story, perSource, total) => {
        let nowS = 0;
        const limit = new LineLimit({ perSource, total }, () => BigInt(nowS) * 1_000_000_000n);
        const told: { source: string; timeS: number }[] = [];
        for (const { source, waitS } of story) {
          nowS += waitS;
          const last = told.filter(({ timeS }) => timeS > nowS - MINUTE);
          const fits = last.length < total && last.filter((line) => line.source === source).length < perSource;
          expect(limit.admit(source)).toBe(fits);
          if (fits) told.push({ source, timeS: nowS });
          else refused++;
        }
      },
    ),
  );
  expect(refused).toBeGreaterThan(100);
});

it('what was not admitted is due a minute after the first of it', () => {
  let nowNs = 0n;
  const limit = new LineLimit({ perSource: 1 }, () => nowNs);
  const due = [0, 1, 0.5, 30, 29.4, 0.1].map((waitS) => {
    nowNs += BigInt(waitS * 1e9);
    limit.admit('a');
    return limit.isDue;
  });
  expect(due).toEqual([false, false, false, false, false, true]);
  limit.said();
  expect(limit.isDue).toBe(false);
});
