import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PortSet } from './port-set.ts';

const port = fc.oneof(fc.nat(65_535), fc.nat(99), fc.constantFrom(0, 31, 32, 65_535));

it('is a set of ports, however many', () => {
  let large = 0;
  fc.assert(
    fc.property(fc.array(port, { maxLength: 300, size: 'max' }), fc.nat(400), (ports, max) => {
      const [set, slow] = [new PortSet(), new Set<number>()];
      for (const one of ports) {
        expect(set.has(one)).toBe(slow.has(one));
        expect(set.add(one)).toBe(!slow.has(one));
        slow.add(one);
        expect(set.has(one)).toBe(true);
        expect(set.size).toBe(slow.size);
        const other = ports[one % ports.length]!;
        if (one % 5 === 0) expect(set.delete(other)).toBe(slow.delete(other));
        expect(set.has(other)).toBe(slow.has(other));
      }
      expect(set.first(max)).toEqual([...slow].sort((a, b) => a - b).slice(0, max));
      if (slow.size > 64) large++;
    }),
  );
  expect(large).toBeGreaterThan(20); // both of its forms were seen
});
