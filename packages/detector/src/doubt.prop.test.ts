import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../test/scale.ts';
import { type Crossed, Doubt } from './doubt.ts';

const trace = fc
  .array(
    fc.record({
      id: fc.nat(15).map(String),
      afterMs: fc.oneof({ arbitrary: fc.nat(900), weight: 4 }, fc.nat(20_000)),
      ports: fc.subarray([1, 2, 3, 4, 5], { minLength: 4 }),
      isProven: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let timeNs = 1e12;
    return steps.map(({ afterMs, ...step }): Crossed => ({ ...step, timeNs: (timeNs += afterMs * 1e6) }));
  });

test('nobody who proved himself is doubted; nobody is revised who did not cross before, or twice within a burst', () => {
  fc.assert(
    fc.property(trace, (crossings) => {
      const doubt = new Doubt();
      const last = new Map<string, Crossed>();
      for (const one of crossings) {
        const { isUncertain, revised } = doubt.crossed(one);
        if (one.isProven) expect(isUncertain).toBe(false);
        const ids = revised.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).not.toContain(one.id);
        for (const id of ids) {
          expect(last.get(id)?.isProven).toBe(false);
          expect(one.timeNs - last.get(id)!.timeNs).toBeLessThan(10e9);
        }
        last.set(one.id, one);
      }
    }),
    runs(500),
  );
});

test('what it says is what one who looks at all crossings says', () => {
  fc.assert(
    fc.property(trace, (crossings) => {
      const doubt = new Doubt();
      const doubted = new Set<Crossed>();
      crossings.forEach((one, i) => {
        const latest = new Map(crossings.slice(0, i).map((other) => [other.id, other]));
        latest.delete(one.id);
        const others = [...latest.values()].filter((other) => other.timeNs > one.timeNs - 10e9);
        const group = others.filter(
          (other) => one.timeNs - other.timeNs <= 2e9 && other.ports.join() === one.ports.join(),
        );
        const lastOfGroup = crossings.slice(0, i).findLast((other) => group.includes(other));
        const said = doubt.crossed(one);
        const suspects = (others.length >= 10 ? others : group).filter(
          (other) => !other.isProven && !doubted.has(other),
        );
        // Of a group all but the last were held against one another already.
        const revised = suspects.map((other) => ({ id: other.id, isDecoy: other === lastOfGroup }));
        expect(new Set(said.revised)).toEqual(new Set(revised));
        for (const other of suspects) doubted.add(other);
        if (said.isUncertain) doubted.add(one);
        expect(said.isDecoy).toBe(group.length > 0);
        expect(said.isUncertain).toBe(!one.isProven && (group.length > 0 || others.length >= 10));
      });
    }),
    runs(500),
  );
});

test('it remembers no more than it may', () => {
  const doubt = new Doubt({ crossingsMax: 3, burst: 5 });
  for (let i = 0; i < 20; i++) {
    const { isUncertain } = doubt.crossed({ id: String(i), timeNs: 1e12 + i, ports: [i], isProven: false });
    expect(isUncertain).toBe(false);
  }
});
