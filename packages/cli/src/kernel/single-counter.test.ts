import { codecs } from '@scanward/map-codec';
import { expect, test } from 'vitest';
import { FakeMap } from '../../test/fake-map.ts';
import { KernelSingleCounter } from './single-counter.ts';

const UNIT = 1n << 24n;

test.each(['little', 'big'] as const)(
  'cells within the window are counted, also across the wrap of their clock (%s)',
  (endian) => {
    const codec = codecs(endian);
    const map = new FakeMap();
    const now = (5n << 24n) + 100n; // units; their lower 24 bits are 100
    const cell = (age: bigint) => (0x12_3456_789an << 24n) | ((now - age) & 0xff_ffffn);
    const line = (...ages: bigint[]) =>
      codec.line.encode({
        mark: 0,
        cells: Array.from({ length: 7 }, (_, i) => (i < ages.length ? cell(ages[i]!) : 0n)),
      });
    map.set(Uint8Array.of(0, 0, 0, 0), line(0n, 99n, 101n, 200n, 1_000n));
    map.set(Uint8Array.of(1, 0, 0, 0), line());
    map.set(Uint8Array.of(2, 0, 0, 0), line(-1n, 10n, 20n, 30n, 40n, 50n, 60n));
    const counter = new KernelSingleCounter(map, codec);
    expect(counter.fresh(now * UNIT, 200n * UNIT)).toBe(4 + 7);
    expect(counter.fresh(now * UNIT, 9n * UNIT)).toBe(1 + 1);
  },
);
