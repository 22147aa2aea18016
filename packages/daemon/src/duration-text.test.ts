import { expect, it } from 'vitest';
import { formatDuration } from './duration-text.ts';

it.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [12_499, '12 s'],
  [599_999, '600 s'],
  [600_000, '10 min'],
  [35_999_999, '600 min'],
  [36_000_000, '10 h'],
  [86_400_000, '24 h'],
])('%i ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
