import { expect, test } from 'vitest';
import { addressBytes } from './address.ts';

test.each([
  ['10.0.0.5', [10, 0, 0, 5]],
  ['2001:db8::1', [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
  ['::', Array<number>(16).fill(0)],
  ['1:2:3:4:5:6:7:8', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
])('%s', (text, bytes) => {
  expect([...addressBytes(text)]).toEqual(bytes);
});
