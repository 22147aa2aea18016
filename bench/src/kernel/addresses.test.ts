import { expect, it } from 'vitest';
import { addressOf, blockedSource } from './addresses.ts';

it('is an IPv4-mapped address of the network', () => {
  expect([...addressOf(0x2000_0000, 0)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0x20, 0, 0, 0]);
  // 0x9e3779b1, its upper four bits away.
  expect([...blockedSource(1).subarray(12)]).toEqual([0x2e, 0x37, 0x79, 0xb1]);
});

it('never gives an address twice', () => {
  const seen = new Set(Array.from({ length: 100_000 }, (_, i) => Buffer.from(blockedSource(i)).toString('hex')));
  expect(seen.size).toBe(100_000);
});
