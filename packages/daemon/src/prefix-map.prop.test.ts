import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contains } from './addresses.ts';
import { PrefixMap } from './prefix-map.ts';

const address = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => bytes.map((byte) => byte & 0x81));
const prefix = fc.record({ address, bits: fc.constantFrom(0, 1, 8, 9, 96, 120, 127, 128) });

test('what holds an address is what one who looks at all of them finds', () => {
  let found = 0;
  fc.assert(
    fc.property(
      fc.array(prefix, { maxLength: 20 }),
      address,
      fc.integer({ min: 0, max: 128 }),
      (prefixes, of, most) => {
        const map = new PrefixMap<number>();
        prefixes.forEach((each, i) => map.set(each, i));
        const holding = prefixes.filter((each) => each.bits <= most && contains(each, of));
        const lengths = [...new Set(holding.map(({ bits }) => bits))].sort((a, b) => a - b);
        const last = lengths.map((bits) => prefixes.findLastIndex((each) => each.bits === bits && contains(each, of)));
        const bytes = Uint8Array.of(7, ...of, 7);
        expect([...map.around(bytes, 1, most)]).toEqual(last);
        expect(map.isEmpty).toBe(prefixes.length === 0);
        expect(PrefixMap.of(prefixes).holds(bytes, 1, most)).toBe(last.length > 0);
        expect([...PrefixMap.of(prefixes).around(of)].every((each) => contains(each, of))).toBe(true);
        found += last.length;
      },
    ),
  );
  expect(found).toBeGreaterThan(20);
});
