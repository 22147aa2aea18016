import { describe, expect, it } from 'vitest';
import { digitsOf, formatNumber, formatSummary } from './format.ts';

const summary = (median: number, low: number, high: number) => ({ median, low, high, rounds: 7 });

describe('digits', () => {
  it.each([
    ['a narrow range shows three', summary(2.345, 2.343, 2.346), 3],
    ['a range of a tenth shows the tenths', summary(2.34, 2.3, 2.5), 2],
    ['a range of a factor shows two', summary(2.34, 1.1, 5.2), 2],
    ['and of thousands too', summary(143, 11, 2150), 2],
    ['no range at all shows three', summary(5, 5, 5), 3],
  ])('%s', (_, given, digits) => expect(digitsOf(given)).toBe(digits));
});

describe('numbers', () => {
  it.each([
    [1_234_567, 3, '1,230,000'],
    [999.6, 3, '1,000'],
    [2.345, 2, '2.3'],
    [0.0123, 1, '0.01'],
    [0, 3, '0'],
    [14, 1, '10'],
    [-2.34, 2, '-2.3'],
  ])('%d with %d digits is %s', (value, digits, text) => expect(formatNumber(value, digits)).toBe(text));
});

it('shows the range beside the median, unless there is none', () => {
  expect(formatSummary(summary(2.34, 2.3, 2.5))).toBe('2.3 (2.3–2.5)');
  expect(formatSummary(summary(5, 5, 5))).toBe('5.00');
});
