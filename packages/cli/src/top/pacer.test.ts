import { expect, test } from 'vitest';
import { hastyClock } from '../../test/fake-top.ts';
import { Pacer } from './pacer.ts';

test('a beat each interval; those that were missed are left out, and the next is where it would have been', async () => {
  const clock = hastyClock();
  const startNs = clock.monotonicNs();
  const elapsedMs = () => Number((clock.monotonicNs() - startNs) / 1_000_000n);
  const pacer = new Pacer(clock, 100);
  expect([await pacer.next(), elapsedMs()]).toEqual([true, 100]);
  await new Promise<void>((resolve) => clock.after(30, resolve));
  expect([await pacer.next(), elapsedMs()]).toEqual([true, 200]);
  await new Promise<void>((resolve) => clock.after(370, resolve));
  expect([await pacer.next(), elapsedMs()]).toEqual([true, 600]);
});

test('its end is at once, and for good', async () => {
  const pacer = new Pacer({ monotonicNs: () => 0n, after: () => () => undefined }, 60_000);
  const next = pacer.next();
  pacer.end();
  expect([await next, await pacer.next()]).toEqual([false, false]);
});
