import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

const limits = { min: '10ms', max: '24h' };

test.each([
  ['1s', 1_000_000_000n],
  ['1m30s', 90_000_000_000n],
  ['250ms', 250_000_000n],
  ['1h', 3_600_000_000_000n],
  ['1h2m3s4ms', 3_723_004_000_000n],
  ['24h', 86_400_000_000_000n],
  ['90s', 90_000_000_000n],
])('%s is %d ns', (text, ns) => {
  expect(parseDuration(text, limits)).toBe(ns);
});

test.each([
  ['', 'not a duration'],
  ['5', 'it has no unit: write 5s or 5ms'],
  ['0', 'it has no unit'],
  ['0s', 'must be from 10ms to 24h'],
  ['9ms', 'must be from 10ms to 24h'],
  ['25h', 'must be from 10ms to 24h'],
  ['-1s', 'not a duration'],
  ['+1s', 'not a duration'],
  ['1.5s', 'not a duration'],
  ['1 s', 'not a duration'],
  ['1s ', 'not a duration'],
  ['30s1m', 'not a duration'],
  ['1s1s', 'not a duration'],
  ['1S', 'not a duration'],
  ['1d', 'not a duration'],
  ['1us', 'not a duration'],
  ['1e3s', 'not a duration'],
  ['٣s', 'not a duration'],
  ['1m\n', 'not a duration'],
])('%j is refused by name', (text, message) => {
  expect(() => parseDuration(text, limits)).toThrow(`'${text}'`);
  expect(() => parseDuration(text, limits)).toThrow(message);
});

test('zero is taken only where it means something', () => {
  const forEver = { ...limits, zero: '0 for ever' };
  expect(parseDuration('0', forEver)).toBe(0n);
  expect(parseDuration('0s', forEver)).toBe(0n);
  expect(() => parseDuration('1ms', forEver)).toThrow('from 10ms to 24h, or 0 for ever');
});

test('a duration is written as it is read', () => {
  expect(formatDuration(5_400_000_000_000n)).toBe('1h30m');
  expect(formatDuration(0n)).toBe('0s');
});
