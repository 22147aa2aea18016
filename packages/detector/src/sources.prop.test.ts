import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { host, policy, SECOND_NS, SOURCE_SECRET } from '../test/sample.ts';
import { patienceMs, runs } from '../test/scale.ts';
import { SlowSingles, SlowSources } from '../test/slow-program.ts';
import { Moment } from './moment.ts';
import { compilePolicy, subOf, ticksOf, type Rules } from './policy.ts';
import { slotValue } from './source-slot.ts';
import { Sources } from './sources.ts';

vi.setConfig({ testTimeout: patienceMs });

function probe(sources: Sources, source: number, port: number, tick: number, sub: number, rules: Rules): number {
  sources.select(host(source), 0);
  return sources.probe(port, new Moment().set(tick, sub), rules);
}

const UNIT_NS = 1n << 24n;
const UNIT_TICKS = 2 ** 14;
const START_NS = 5_000_000_000_000n;

/** Some units of a window, and around them. */
const windowNs = fc.oneof(
  fc.integer({ min: 1, max: 100 }).map((units) => BigInt(units) * UNIT_NS),
  fc.bigInt({ min: 1024n, max: 4n * UNIT_NS }),
  fc.bigInt({ min: UNIT_NS, max: 60n * SECOND_NS }),
);

/** Spans near what matters: nothing, a unit, the window, and around them. */
function stepOf(window: bigint): fc.Arbitrary<bigint> {
  const near = (ns: bigint) => fc.constantFrom(ns, ns - 1n, ns + 1n, ns - 1024n, ns + 1024n);
  return fc.oneof(
    { arbitrary: fc.bigInt({ min: 0n, max: 4096n }), weight: 8 },
    { arbitrary: fc.bigInt({ min: 0n, max: window / 2n }), weight: 2 },
    { arbitrary: fc.constantFrom(0n, 0n, 0n, window), weight: 6 },
    near(UNIT_NS),
    near(window),
    near(window - UNIT_NS).map((ns) => (ns < 0n ? 0n : ns)),
    near(window - UNIT_NS / 2n).map((ns) => (ns < 0n ? 0n : ns)),
  );
}

/** Also clocks that go back a little, that begin at 0, and that wrap a cell's 24 bits and a mark's 32. */
const cases = fc
  .record({
    windowNs,
    threshold: fc.oneof(fc.nat({ max: 5 }), fc.constantFrom(0, 31, 32, 1000)),
    settles: fc.boolean(),
    sets: fc.integer({ min: 1, max: 3 }),
    lines: fc.integer({ min: 1, max: 3 }),
    startNs: fc.constantFrom(
      0n,
      START_NS,
      (START_NS / UNIT_NS) * UNIT_NS,
      (1n << 48n) - SECOND_NS,
      (1n << 56n) - SECOND_NS,
    ),
  })
  .chain((fixed) =>
    fc.record({
      fixed: fc.constant(fixed),
      probes: fc.array(
        fc.record({
          source: fc.oneof({ arbitrary: fc.nat({ max: 30 }), weight: 3 }, fc.nat({ max: 1 })),
          port: fc.oneof(fc.nat({ max: 2 }), fc.constantFrom(255, 256, 65_535)),
          kind: fc.oneof({ arbitrary: fc.constant('probe'), weight: 12 }, fc.constant('forget')),
          step: fc.oneof(
            { arbitrary: stepOf(fixed.windowNs), weight: 30 },
            fc.constantFrom(-3000n, (1n << 48n) - UNIT_NS, 1n << 48n),
          ),
        }),
        { maxLength: 120, size: 'max' },
      ),
    }),
  );

it('Sources follows the rules of the program word by word', () => {
  const met = { single: 0, singleEvicted: 0, carried: 0, over: 0, evicted: 0 };
  fc.assert(
    fc.property(cases, ({ fixed, probes }) => {
      const { sets, lines, threshold, settles } = fixed;
      const sources = new Sources({ sets, singleLines: lines, keys: SOURCE_SECRET });
      const slow = {
        sources: new SlowSources(sets, 32, SOURCE_SECRET),
        singles: new SlowSingles(lines, SOURCE_SECRET),
      };
      const rules = compilePolicy(policy({ windowNs: fixed.windowNs, threshold, blockTtlNs: SECOND_NS }));
      let timeNs = fixed.startNs;
      for (const { source, port, kind, step } of probes) {
        timeNs = timeNs + step < 0n ? 0n : timeNs + step;
        const [tick, sub] = [ticksOf(timeNs), subOf(timeNs)];
        if (kind === 'forget') {
          sources.forget(host(source));
          slow.singles.forget(host(source));
          slow.sources.forget(host(source));
          continue;
        }
        const slot = probe(sources, source, port, tick, sub, rules);
        const { table, singles } = sources;
        const ports = slot >= 0 && table.report ? table.freshPorts(slot) : [];
        if (slot >= 0 && table.report && settles) table.settle(slot, new Moment().set(tick, sub), rules);
        const { over, report, evicted } = table;
        const touched = slot < 0 ? undefined : { over, report, evicted, ports };
        const slowRules = { windowNs: fixed.windowNs, threshold, quietNs: SECOND_NS, settles };
        const expected = slow.singles.probe(slow.sources, host(source), port, timeNs, slowRules);
        expect({ evicted: singles.evicted, touched }).toEqual(expected);
        met.single += Number(slot < 0);
        met.singleEvicted += Number(singles.evicted);
        met.carried += Number(slot >= 0 && singles.isCarried);
        met.over += Number(touched?.over === true);
        met.evicted += Number(touched?.evicted === true);
      }
      slow.singles.lines.forEach(({ mark, cells }, line) => {
        expect({ mark: BigInt(sources.singles.mark(line)), cells: sources.singles.cells(line) }).toEqual({
          mark,
          cells,
        });
      });
      slow.sources.sets.flat().forEach((expected, slot) => {
        const { source, destination, ...value } = slotValue(sources.table, slot);
        expect({ ...value, source: Buffer.from(source).toString('hex') }).toEqual(expected);
        expect(destination).toEqual(new Uint8Array(16));
      });
    }),
    runs(600),
  );
  expect(Math.min(...Object.values(met))).toBeGreaterThan(0);
});

/** Whether more than `threshold` ports were touched within so many ticks: a set of ports, and nothing clever. */
class PortSets {
  readonly #last = new Map<number, Map<number, number>>();

  touch(source: number, port: number, tick: number): void {
    this.#last.set(source, (this.#last.get(source) ?? new Map<number, number>()).set(port, tick));
  }

  isOver(source: number, tick: number, windowTicks: number, threshold: number): boolean {
    const fresh = [...this.#last.get(source)!.values()].filter((touched) => touched + windowTicks > tick);
    return fresh.length > threshold;
  }
}

const streams = fc
  .record({ windowNs: fc.bigInt({ min: SECOND_NS, max: 60n * SECOND_NS }), threshold: fc.nat({ max: 5 }) })
  .chain(({ windowNs, threshold }) =>
    fc.record({
      windowNs: fc.constant(windowNs),
      threshold: fc.constant(threshold),
      probes: fc.array(fc.record({ source: fc.nat({ max: 4 }), port: fc.nat({ max: 7 }), step: stepOf(windowNs) }), {
        maxLength: 150,
        size: 'max',
      }),
    }),
  );

describe('in tables that never overflow', () => {
  const HUGE = { sets: 64, singleLines: 64, keys: SOURCE_SECRET };

  it('nobody is over the threshold who was not, and nobody escapes whose touches are 16.8 ms younger than the window', () => {
    const met = { over: 0, under: 0, rounded: 0 };
    fc.assert(
      fc.property(streams, ({ windowNs, threshold, probes }) => {
        const [sources, plain] = [new Sources(HUGE), new PortSets()];
        const rules = compilePolicy(policy({ windowNs, threshold }));
        let timeNs = START_NS;
        for (const { source, port, step } of probes) {
          timeNs += step;
          const tick = ticksOf(timeNs);
          plain.touch(source, port, tick);
          const slot = probe(sources, source, port, tick, 0, rules);
          const isOver = slot >= 0 && sources.table.over;
          const exact = plain.isOver(source, tick, rules.windowTicks, threshold);
          const sure = plain.isOver(source, tick, rules.windowTicks - UNIT_TICKS, threshold);
          if (!exact) expect(isOver).toBe(false);
          if (sure) expect(isOver).toBe(true);
          expect(sources.singles.evicted || (slot >= 0 && sources.table.evicted)).toBe(false);
          met.over += Number(isOver);
          met.under += Number(!isOver);
          met.rounded += Number(exact && !isOver);
        }
      }),
      runs(600),
    );
    expect(met.over).toBeGreaterThan(0);
    expect(met.under).toBeGreaterThan(0);
    expect(met.rounded).toBeGreaterThan(0);
  });

  it('of what a source has in `sources` no touch that is 16.8 ms younger than the window is missing', () => {
    fc.assert(
      fc.property(streams, ({ windowNs, threshold, probes }) => {
        const sources = new Sources(HUGE);
        const rules = compilePolicy(policy({ windowNs, threshold }));
        const touches = new Map<string, number>();
        let timeNs = START_NS;
        for (const { source, port, step } of probes) {
          timeNs += step;
          const tick = ticksOf(timeNs);
          touches.set(`${source} ${port}`, tick);
          const slot = probe(sources, source, port, tick, 0, rules);
          const known = slot < 0 ? [port] : sources.table.freshPorts(slot);
          for (let other = 0; other <= 7; other++) {
            const touched = touches.get(`${source} ${other}`) ?? 0;
            if (touched + rules.windowTicks - UNIT_TICKS > tick) expect(known).toContain(other);
          }
        }
      }),
      runs(400),
    );
  });
});
