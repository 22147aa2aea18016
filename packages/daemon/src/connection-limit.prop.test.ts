import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ConnectionLimit } from './connection-limit.ts';

const waitMs = fc.oneof(fc.constant(0), fc.nat(150), fc.nat(20_000), fc.constantFrom(59_900, 60_000, 60_100, 600_000));
/** Some lines, then a look at the clock. */
const burst = fc.record({ waitMs, lines: fc.nat(6) });
const SLOT_MS = 100;
const MINUTE_MS = 60_000;

it('in any minute there are no more lines than the limit; and as many, but for a tenth of a second', () => {
  let refused = 0;
  fc.assert(
    fc.property(
      ...[fc.array(burst, { maxLength: 100, size: 'max' }), fc.nat(9), fc.nat(1e12)],
      (story, max, startMs) => {
        let nowMs = startMs;
        const limit = new ConnectionLimit(max, () => BigInt(nowMs) * 1_000_000n);
        const told: number[] = [];
        const within = (ms: number) => told.filter((timeMs) => timeMs > nowMs - ms).length;
        for (const { waitMs: wait, lines } of story) {
          nowMs += wait;
          limit.look();
          for (let line = 0; line < lines; line++) {
            const admitted = limit.admit();
            if (admitted) told.push(nowMs);
            else refused++;
            expect(within(MINUTE_MS)).toBeLessThanOrEqual(max);
            if (!admitted) expect(within(MINUTE_MS + SLOT_MS)).toBeGreaterThanOrEqual(max);
          }
        }
      },
    ),
  );
  expect(refused).toBeGreaterThan(100);
});

it('looks at the clock for each line that is admitted, and not for those that are not', () => {
  let [nowNs, looks] = [0n, 0];
  const limit = new ConnectionLimit(2, () => {
    looks++;
    return nowNs;
  });
  nowNs = 59_000_000_000n;
  expect([limit.admit(), limit.admit(), limit.admit()]).toEqual([true, true, false]);
  looks = 0;
  for (let n = 0; n < 1_000; n++) expect(limit.admit()).toBe(false);
  expect(looks).toBe(0);
  // The lines count from when they were admitted, although nobody looked since the start.
  nowNs = 119_000_000_000n;
  limit.look();
  expect(limit.admit()).toBe(false);
  nowNs += 100_000_000n;
  limit.look();
  expect(limit.admit()).toBe(true);
});

it('what was not admitted is due a minute after the first of it', () => {
  let nowNs = 0n;
  const limit = new ConnectionLimit(0, () => nowNs);
  const due = [0, 1, 58.9, 0.1].map((waitS) => {
    nowNs += BigInt(waitS * 1e9);
    limit.admit();
    return limit.isDue;
  });
  expect(due).toEqual([false, false, false, true]);
  limit.said();
  expect(limit.isDue).toBe(false);
});
