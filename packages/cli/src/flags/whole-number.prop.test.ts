import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadValue } from './bad-value.ts';
import { parseWholeNumber } from './whole-number.ts';

test.each(['3abc', '-0', '1e3', '3.0', '', ' 3', '3 ', '0x3', '03', '+3', '１', 'Infinity', 'NaN', '3_0'])(
  '%j is no whole number',
  (text) => {
    expect(() => parseWholeNumber(text, 0, 5000)).toThrow(
      `'${text}' is not a whole number: write digits only, from 0 to 5000`,
    );
  },
);

test('limits are inclusive', () => {
  expect(parseWholeNumber('32', 32, 128)).toBe(32);
  expect(parseWholeNumber('128', 32, 128)).toBe(128);
  expect(() => parseWholeNumber('129', 32, 128)).toThrow("'129' must be from 32 to 128");
  expect(() => parseWholeNumber('9'.repeat(400), 32, 128)).toThrow('must be from 32 to 128');
});

test('any text is that number or a named refusal', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.nat().map(String), fc.double().map(String)), (text) => {
      try {
        return String(parseWholeNumber(text, 0, 1_000_000)) === text;
      } catch (error) {
        return error instanceof BadValue && error.message.includes(`'${text}'`);
      }
    }),
  );
});
