import { expect, it } from 'vitest';
import { host, SECOND_NS } from '../test/sample.ts';
import { Graces } from './graces.ts';

const UNTIL = 1_000n * SECOND_NS;

it('a grace ends to the nanosecond, and is of its prefix only', () => {
  const graces = new Graces();
  graces.set({ address: host(5), bits: 126 }, UNTIL);
  expect([3, 4, 7, 8].map((n) => graces.has(host(n), UNTIL - 1n))).toEqual([false, true, true, false]);
  expect(graces.has(host(4), UNTIL)).toBe(false);
});

it('of several the longest prefix says how long, and a later one replaces it', () => {
  const graces = new Graces();
  graces.set({ address: host(0), bits: 120 }, UNTIL + 9n);
  graces.set({ address: host(4), bits: 128 }, UNTIL);
  expect([graces.has(host(4), UNTIL), graces.has(host(5), UNTIL)]).toEqual([false, true]);
  graces.set({ address: host(4), bits: 128 }, UNTIL + 1n);
  expect(graces.has(host(4), UNTIL)).toBe(true);
});

it('is taken back exactly', () => {
  const graces = new Graces();
  graces.set({ address: host(0), bits: 120 }, UNTIL);
  expect(graces.delete({ address: host(0), bits: 121 })).toBe(false);
  expect(graces.delete({ address: host(9), bits: 120 })).toBe(true);
  expect(graces.has(host(9), 0n)).toBe(false);
});
