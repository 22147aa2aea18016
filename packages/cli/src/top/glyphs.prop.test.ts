import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockOf, NOW } from '../../test/fake-instance.ts';
import { Firsts } from './firsts.ts';
import { leftBar } from './left-bar.ts';
import { cell, cut, placesOf } from './places.ts';
import { cellOfPort, portStrip, stripScale } from './port-strip.ts';
import { rateText } from './rate-text.ts';
import { sparkline } from './sparkline.ts';

const width = fc.integer({ min: 0, max: 200 });
const rate = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e28, noNaN: true }));
const port = fc.nat(65_535);
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));

test('a cell is as wide as it is to be, and holds no control character', () => {
  fc.assert(
    fc.property(text, width, fc.constantFrom('left' as const, 'right' as const), (any, places, align) => {
      expect(placesOf(cell(any, places, align))).toBe(places);
      expect(cell(any, places, align)).not.toMatch(/\p{C}/u);
      expect(placesOf(cut(any, places))).toBeLessThanOrEqual(places);
    }),
  );
});

test('a sparkline is as wide as its room; the largest reaches the top, and only nothing lies on the ground', () => {
  fc.assert(
    fc.property(fc.array(rate), width, (values, places) => {
      const line = sparkline(values, places);
      expect(line).toHaveLength(places);
      const shown = places > 0 ? values.slice(-places) : [];
      Array.from(line.trimStart()).forEach((step, i) => expect(step === '▁').toBe(shown[i] === 0));
      expect(line.includes('█')).toBe(shown.some((value) => value > 0));
    }),
  );
});

test('every port has a cell of a strip, ports in order have cells in order, and the last cell has the last port', () => {
  fc.assert(
    fc.property(port, port, fc.integer({ min: 16, max: 128 }), (a, b, cells) => {
      const [low, high] = [cellOfPort(Math.min(a, b), cells), cellOfPort(Math.max(a, b), cells)];
      expect(low).toBeGreaterThanOrEqual(0);
      expect(low).toBeLessThanOrEqual(high);
      expect(high).toBeLessThan(cells);
      expect(cellOfPort(1_023, cells)).toBe(cellOfPort(1_024, cells) - 1);
      expect(stripScale(cells)).toHaveLength(cells);
    }),
  );
});

test('a strip loses no port', () => {
  fc.assert(
    fc.property(fc.array(port, { maxLength: 32 }), fc.integer({ min: 16, max: 128 }), (ports, cells) => {
      const counts = portStrip(ports, cells);
      expect(counts).toHaveLength(cells);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ports.length);
    }),
  );
});

test('where people look ports stand apart, in the narrowest strip that 80 columns have', () => {
  const known = [22, 80, 443, 1_433, 3_306, 5_432, 6_379, 8_080, 27_017];
  expect(new Set(known.map((each) => cellOfPort(each, 38))).size).toBe(known.length);
});

test('a bar is as wide as its room, and shrinks', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), width, fc.boolean(), (leftNs, places, forEver) => {
      const block = blockOf('192.0.2.1', { expiryNs: forEver ? 0n : NOW.monotonicNs + leftNs });
      const bar = leftBar(block, NOW.monotonicNs, places);
      expect(placesOf(bar)).toBe(places);
      if (forEver) expect(bar).toBe('━'.repeat(places));
      const later = leftBar(block, NOW.monotonicNs + 10_000_000_000n, places);
      expect(later.trimEnd().length).toBeLessThanOrEqual(bar.trimEnd().length);
    }),
  );
});

test('a rate takes seven places at most', () => {
  fc.assert(
    fc.property(rate, (any) => {
      expect(rateText(any).length).toBeLessThanOrEqual(7);
    }),
  );
  expect([0, 0.04, 0.4, 9.94, 9.96, 12_345.6].map(rateText)).toEqual(['0', '0.0', '0.4', '9.9', '10', '12346']);
});

test('the first of many are those that sorting all would give', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 0, max: 20 }), (all, limit) => {
      const firsts = new Firsts<number>((a, b) => a - b, limit);
      for (const each of all) firsts.add(each);
      expect(firsts.list()).toEqual([...all].sort((a, b) => a - b).slice(0, limit));
    }),
  );
});
