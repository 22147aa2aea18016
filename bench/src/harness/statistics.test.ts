import { describe, expect, it } from 'vitest';
import { median, ratios, summarise } from './statistics.ts';

describe('median', () => {
  it('is the middle one', () => expect(median([9, 1, 5])).toBe(5));
  it('is between the two in the middle', () => expect(median([4, 1, 2, 9])).toBe(3));
  it('sorts numbers as numbers', () => expect(median([10, 9, 100])).toBe(10));
  it('needs a value', () => expect(() => median([])).toThrow(RangeError));
});

describe('summarise', () => {
  it('gives median and range', () => expect(summarise([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3, rounds: 3 }));
});

describe('ratios', () => {
  it('divides round by round', () => expect(ratios([4, 9], [2, 3])).toEqual([2, 3]));
  it('refuses other rounds', () => expect(() => ratios([1], [1, 2])).toThrow(RangeError));
});
