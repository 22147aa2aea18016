import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortCount } from './count.ts';
import { shortSpan } from './span.ts';
import { plainStyle } from './style.ts';
import { Table } from './table.ts';
import { widthOf, wrap } from './wrap.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 90 }),
  fc.array(fc.nat(65_535), { maxLength: 40 }).map((ports) => `scan ${ports.join(',')}`),
);
const bare = (words: string) => words.replace(/\s/gu, '');
const units = (words: string) => bare(words).split('').sort();

test('wrapped text fits and loses nothing but spaces', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 40 }), (words, width) => {
      const pieces = wrap(words, width);
      for (const piece of pieces) expect(widthOf(piece)).toBeLessThanOrEqual(width);
      expect(bare(pieces.join(''))).toBe(bare(words));
    }),
  );
});

test('a row never is wider than its table, and has all that is in its cells', () => {
  const columns = [
    { title: 'A', width: 18 },
    { title: 'B', width: 7, align: 'right' as const },
    { title: 'C', width: 53 },
  ];
  const table = new Table(columns, plainStyle);
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), text, text, (first, second, third) => {
      const lines = table.row([first, second, third]);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(80);
      expect(lines[0]!.trimEnd().startsWith(first.trimEnd())).toBe(true);
      expect(units(lines.join(''))).toEqual(units(first + second + third));
    }),
  );
});

test('any u64 takes at most 7 characters, as a count or as a time', () => {
  const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  fc.assert(
    fc.property(u64, (value) => {
      expect(shortCount(value).length).toBeLessThanOrEqual(7);
      if (value < 10_000_000n) expect(shortCount(value)).toBe(String(value));
      expect(shortSpan(value).length).toBeLessThanOrEqual(7);
    }),
  );
  expect([0n, 9_999_999n, 10_000_000n, 123_456_789n, 2n ** 64n - 1n].map(shortCount)).toEqual([
    '0',
    '9999999',
    '10.0M',
    '123M',
    '18.4E',
  ]);
  const second = 1_000_000_000n;
  expect(
    [0n, second - 1n, 59n * second, 60n * second, 3_661n * second, 86_400n * second * 3_650n].map(shortSpan),
  ).toEqual(['0s', '0s', '59s', '1m', '1h1m', '3650d']);
});
