import fc from 'fast-check';
import { expect, it } from 'vitest';
import { prefix } from '../test/arbitrary-state.ts';
import { formatPrefix } from './addresses.ts';
import { parsePrefix } from './prefix-text.ts';

it('reads every prefix as it is written', () => {
  fc.assert(
    fc.property(prefix, ({ address, bits }) => {
      expect(parsePrefix(formatPrefix(address, bits))).toEqual({ address, bits });
    }),
  );
});

it('reads nothing else: no other notation, no bits behind the prefix', () => {
  const others = ['', '/', '192.0.2', '192.0.2.1/24', '192.0.2.0/33', '192.0.2.0/-1', '0.0.0.0/NaN', '1.2.3.4/32'];
  others.push('2001:DB8::', '2001:db8::/129', '1:2:3:4:5:6:7', '1::2::3', ':::', '::1/64', '256.0.0.1', '1.2.3.4.5');
  expect(others.filter((text) => parsePrefix(text) !== undefined)).toEqual([]);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef:./')) }), (text) => {
      const read = parsePrefix(text);
      if (read) expect(formatPrefix(read.address, read.bits)).toBe(text);
    }),
  );
});
