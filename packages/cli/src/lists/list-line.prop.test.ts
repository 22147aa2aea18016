import { formatPrefix } from '@scanward/daemon';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadValue } from '../flags/bad-value.ts';
import { parsePrefix } from '../flags/prefix.ts';
import { parseListLine } from './list-line.ts';

const octet = fc.oneof(fc.nat(300).map(String), fc.constantFrom('00', '010', '', '1e1', '0x1'));
const dotted = fc.array(octet, { minLength: 3, maxLength: 5 }).map((octets) => octets.join('.'));
const text = fc.oneof(
  dotted,
  fc.tuple(dotted, fc.nat(40)).map(([address, bits]) => `${address}/${bits}`),
  fc.ipV6(),
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789.:/ab -')) }),
);

function outcome(read: () => { address: Uint8Array; bits: number } | undefined): string {
  try {
    const prefix = read();
    return prefix ? formatPrefix(prefix.address, prefix.bits) : 'nothing';
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    return error.message;
  }
}

test('a line says what a flag with the same text says', () => {
  let taken = 0;
  fc.assert(
    fc.property(text, fc.constantFrom('', ' # who', ';x', '\t'), fc.constantFrom('', ' '), (of, after, before) => {
      const expected = of.trim() === '' ? 'nothing' : outcome(() => parsePrefix(of.trim()));
      expect(outcome(() => parseListLine(`${before}${of}${after}\r\n`))).toBe(expected);
      if (!expected.includes("'")) taken++;
    }),
    { numRuns: 2_000 },
  );
  expect(taken).toBeGreaterThan(100);
});

test.each(['', '   ', '# 192.0.2.1', ';', '\n'])('%j says nothing', (line) => {
  expect(parseListLine(line)).toBeUndefined();
});
