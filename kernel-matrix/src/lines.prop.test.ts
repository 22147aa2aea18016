import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Lines } from './lines.ts';

it('tells the same lines, however the bytes come', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '→', '\n') });
  fc.assert(
    fc.property(text, fc.array(fc.nat(60)), (whole, cuts) => {
      const got: string[] = [];
      const lines = new Lines((line) => got.push(line));
      const bytes = Buffer.from(whole);
      const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      for (const [index, from] of places.slice(0, -1).entries()) lines.push(bytes.subarray(from, places[index + 1]));
      lines.end();
      expect(got).toEqual(whole.endsWith('\n') || whole === '' ? whole.split('\n').slice(0, -1) : whole.split('\n'));
    }),
  );
});
