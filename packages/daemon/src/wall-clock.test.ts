import { expect, test } from 'vitest';
import { WallClock } from './wall-clock.ts';

/** Clocks of which some readings take so many milliseconds: the process had to wait. */
function clocks(delaysMs: readonly number[]) {
  let nowMs = 1_000_000;
  let reading = 0;
  const read = () => (nowMs += delaysMs[reading++] ?? 0);
  return { monotonicNs: () => BigInt(read()) * 1_000_000n, wallMs: () => read() + 5_000_000 };
}

test('a process that is interrupted between the readings of the two clocks takes them anew', () => {
  for (const delays of [
    [0, 0, 0],
    [0, 20, 0],
    [0, 0, 40],
    [0, 300, 7, 0, 5, 5],
  ]) {
    expect(new WallClock(clocks(delays)).ms(1_000_000_000n), delays.join()).toBe(5_001_000);
  }
});

test('one that is interrupted each time takes the closest pair', () => {
  const always = Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? 0 : i < 9 ? 50 : 2));
  const off = new WallClock(clocks(always)).ms(1_000_000_000n) - 5_001_000;
  expect(Math.abs(off)).toBeLessThanOrEqual(2);
});
