import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { host, SECRET, VICTIM } from '../test/sample.ts';
import { patienceMs, runs } from '../test/scale.ts';
import { SlowSyns } from '../test/slow-program.ts';
import { SynTable } from './syn-table.ts';

vi.setConfig({ testTimeout: patienceMs });

const KEYS = SECRET.slice(5, 27);

function keyOf(sequence: number): Uint8Array {
  const key = new Uint8Array(40);
  key.set(host(1), 0);
  key.set(VICTIM, 16);
  new DataView(key.buffer).setUint32(32, (5000 << 16) | 80);
  new DataView(key.buffer).setUint32(36, sequence);
  return key;
}

const steps = fc.array(
  fc.record({
    sequence: fc.nat({ max: 20 }),
    forget: fc.oneof({ arbitrary: fc.constant(false), weight: 4 }, fc.constant(true)),
    step: fc.oneof(
      { arbitrary: fc.bigInt({ min: 0n, max: 1n << 26n }), weight: 9 },
      fc.constantFrom(0n, 64_000_000_000n, 63_900_000_000n, 64_020_000_000n, -1n, 1n << 48n),
    ),
  }),
  { maxLength: 60, size: 'max' },
);

it('SynTable follows the rules of the program word by word', () => {
  const met = { seen: 0, evicted: 0 };
  fc.assert(
    // A secret of zeros gives all SYNs the tag 0 and the first set.
    fc.property(
      steps,
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom(
        KEYS,
        KEYS.map(() => 0n),
      ),
      (list, sets, keys) => {
        const table = new SynTable({ sets, keys });
        const slow = new SlowSyns(sets, keys);
        let timeNs = 1n << 50n;
        for (const { sequence, forget, step } of list) {
          timeNs += step;
          const syn = { source: host(1), destination: VICTIM, sourcePort: 5000, destinationPort: 80, sequence };
          if (forget) {
            table.forget(syn);
            slow.forget(keyOf(sequence));
          } else {
            const answer = table.seen(syn, timeNs);
            met.seen += Number(answer);
            met.evicted += Number(table.evicted);
            expect({ seen: answer, evicted: table.evicted }).toEqual(slow.seen(keyOf(sequence), timeNs));
          }
          slow.sets.forEach((cells, set) => expect(table.cells(set)).toEqual(cells));
        }
      },
    ),
    runs(1000),
  );
  expect(Math.min(met.seen, met.evicted)).toBeGreaterThan(0);
});
