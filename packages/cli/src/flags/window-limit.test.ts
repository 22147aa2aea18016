import { expect, test } from 'vitest';
import { limitOf, parseAddressLimit, parseDistributedLimit, parseWindowLimit, windowLimits } from './window-limit.ts';

const MINUTE_NS = 60_000_000_000n;

test('a window and its limit', () => {
  expect(parseWindowLimit('1h=15')).toEqual({ windowS: 3_600, limit: 15 });
  expect(parseWindowLimit('1m30s=0')).toEqual({ windowS: 90, limit: 0 });
});

test.each([
  ['1h', "'1h' is no time with a limit: write it as 1h=15, or 1h=0 for none"],
  ['1h=2=3', 'is no time with a limit'],
  ['1500ms=3', "'1500ms=3' must have whole seconds, as 1s"],
  ['1=3', "'1' is not a duration"],
  ['=3', "'' is not a duration"],
  ['1h=256', 'from 0 to 255'],
  ['1h=-1', '-1'],
  ['721h=3', 'from 1s to 720h'],
])('%s is refused', (text, message) => {
  expect(() => parseWindowLimit(text)).toThrow(message);
});

test('limits of addresses, and of the ports of all sources', () => {
  expect(parseAddressLimit('10m=16')).toEqual({ windowS: 600, limit: 16 });
  expect(() => parseAddressLimit('16')).toThrow("'16' is no time with a limit: write it as 10m=16, or 10m=0 for none");
  expect(() => parseAddressLimit('1m=256')).toThrow('from 0 to 255');
  expect(parseDistributedLimit('1h=65535')).toEqual({ windowS: 3_600, limit: 65_535 });
  expect(limitOf(parseAddressLimit('1m=0'))).toBeUndefined();
  expect(limitOf(parseAddressLimit('1m=1'))).toEqual({ windowS: 60, limit: 1 });
});

test('by default three longer windows, whose limits grow with the threshold', () => {
  const usual = windowLimits([], 3, MINUTE_NS);
  expect(usual).toEqual([
    { windowS: 600, limit: 6 },
    { windowS: 3_600, limit: 15 },
    { windowS: 86_400, limit: 40 },
  ]);
  expect(windowLimits([], 10, MINUTE_NS).map(({ limit }) => limit)).toEqual([20, 50, 134]);
  expect(windowLimits([], 31, MINUTE_NS).map(({ limit }) => limit)).toEqual([62, 155]);
  expect(windowLimits([], 0, MINUTE_NS).map(({ limit }) => limit)).toEqual([2, 5, 14]);
  expect(windowLimits([], 3, 10n * MINUTE_NS)).toEqual(usual.slice(1));
});

test('what is given takes the place of what is usual, or comes besides; 0 takes it away', () => {
  const given = ['1h=0', '24h=99', '2h=7'].map(parseWindowLimit);
  expect(windowLimits(given, 3, MINUTE_NS)).toEqual([
    { windowS: 600, limit: 6 },
    { windowS: 7_200, limit: 7 },
    { windowS: 86_400, limit: 99 },
  ]);
});
