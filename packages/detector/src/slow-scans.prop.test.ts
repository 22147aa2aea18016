import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { host, policy, SOURCE_SECRET } from '../test/sample.ts';
import { runs } from '../test/scale.ts';
import type { WindowLimit } from './distinct.ts';
import { SlowScans, type SlowScan } from './slow-scans.ts';

const TICKS_A_SECOND = 1e9 / 1024;

interface Probe {
  readonly source: number;
  readonly port: number;
  /** Seconds from 1 on, as the tables have them. */
  readonly time: number;
}

const ticksAt = (time: number): number => Math.ceil((time - 1 + 0.5) * TICKS_A_SECOND);

/** Sums up everything that every source ever did. */
class Obvious {
  #windows: readonly WindowLimit[] = [];
  readonly #ports = new Map<number, Map<number, number>>();
  readonly #until = new Map<number, number>();

  constructor(windows: readonly WindowLimit[]) {
    this.setWindows(windows);
  }

  setWindows(windows: readonly WindowLimit[]): void {
    this.#windows = [...windows].sort((a, b) => a.windowS - b.windowS);
  }

  /** The window that a probe crosses. */
  probe({ source, port, time }: Probe): WindowLimit | undefined {
    const ports = this.#ports.get(source) ?? new Map<number, number>();
    this.#ports.set(source, ports);
    const now = Math.max(time, ...ports.values());
    ports.set(port, now);
    const until = this.#until.get(source) ?? 0;
    if (until >= now) return undefined;
    const crossed = this.#windows.find(({ windowS, limit }) => {
      const first = Math.max(now - windowS + 1, until + 1);
      return [...ports.values()].filter((last) => last >= first).length > limit;
    });
    if (crossed) this.#until.set(source, now + crossed.windowS);
    return crossed;
  }
}

const anyWindows = fc.array(
  fc.record({ windowS: fc.integer({ min: 1, max: 200 }), limit: fc.integer({ min: 1, max: 12 }) }),
  { minLength: 1, maxLength: 4 },
);
const steps = fc.array(
  fc.record({
    source: fc.nat(4),
    port: fc.oneof({ arbitrary: fc.nat(15), weight: 4 }, fc.nat(65_535)),
    // Now and then a clock goes back a little.
    after: fc.oneof({ arbitrary: fc.nat(12), weight: 8 }, { arbitrary: fc.nat(300), weight: 1 }, fc.constant(-1)),
  }),
  { maxLength: 120, size: 'max' },
);
const probesOf = (all: readonly { source: number; port: number; after: number }[]): Probe[] => {
  let time = 10_000;
  return all.map(({ source, port, after }) => ({ source, port, time: (time += after) }));
};

function watched(windows: readonly WindowLimit[], allowed: readonly number[] = [], rows = 4_096) {
  const no = new Set(allowed.map((n) => host(n).join()));
  return new SlowScans({
    maxSources: rows,
    maxBusySources: rows,
    windows,
    sourceKeys: SOURCE_SECRET,
    policy: policy({}),
    allowed: (bytes, offset) => no.has(bytes.slice(offset, offset + 16).join()),
  });
}

const TO = host(250);

function feed(scans: SlowScans, probes: readonly Probe[]): SlowScan[] {
  for (const { source, port, time } of probes) {
    const bytes = new Uint8Array(32);
    bytes.set(host(source));
    bytes.set(TO, 16);
    scans.probe(bytes, 0, 16, port, ticksAt(time));
  }
  return scans.takeScans();
}

describe('slow scans', () => {
  it('are those that one who forgets nothing finds, at the same probe', () => {
    fc.assert(
      fc.property(anyWindows, steps, (windows, all) => {
        const [scans, obvious] = [watched(windows), new Obvious(windows)];
        for (const probe of probesOf(all)) {
          const crossed = obvious.probe(probe);
          const found = feed(scans, [probe]);
          const brief = found.map(({ source, windowS, limit }) => [source.join(), windowS, limit]);
          expect(brief).toEqual(crossed ? [[host(probe.source).join(), crossed.windowS, crossed.limit]] : []);
          for (const { ports, limit } of found) {
            expect(new Set(ports).size).toBeGreaterThan(limit);
            expect(ports).toContain(probe.port);
            expect([...ports].sort((a, b) => a - b)).toEqual(ports);
          }
        }
      }),
      runs(300),
    );
  });

  it('are found by other limits from when these are set, with all that was remembered', () => {
    let found = 0;
    fc.assert(
      fc.property(anyWindows, steps, steps, fc.array(fc.nat(3), { maxLength: 4 }), (windows, before, after, less) => {
        const [scans, obvious] = [watched(windows), new Obvious(windows)];
        const probes = probesOf([...before, ...after]);
        const stricter = windows.map(({ windowS, limit }, i) => ({
          windowS,
          limit: Math.max(1, limit - (less[i] ?? 0)),
        }));
        for (const [i, probe] of probes.entries()) {
          if (i === before.length) {
            // Limits that were never reached leave nothing behind.
            for (const other of [[], [{ windowS: 1, limit: 200 }], stricter]) scans.setWindows(other);
            obvious.setWindows(stricter);
          }
          const crossed = obvious.probe(probe);
          const brief = feed(scans, [probe]).map(({ windowS, limit }) => ({ windowS, limit }));
          expect(brief).toEqual(crossed ? [crossed] : []);
          if (i >= before.length) found += brief.length;
        }
      }),
      runs(200),
    );
    expect(found).toBeGreaterThan(20);
  });

  it('are never of a source without probes, nor of one that is allowed', () => {
    fc.assert(
      fc.property(anyWindows, steps, fc.array(fc.nat(4)), (windows, all, allowed) => {
        const probes = probesOf(all);
        const found = feed(watched(windows, allowed, 8), probes).map(({ source }) => source.join());
        const seen = new Set(probes.map(({ source }) => source).filter((source) => !allowed.includes(source)));
        const may = new Set([...seen].map((source) => host(source).join()));
        expect(found.filter((source) => !may.has(source))).toEqual([]);
      }),
      runs(200),
    );
  });

  it('are found no later for more probes of the same source', () => {
    fc.assert(
      fc.property(anyWindows, steps, steps, (windows, some, more) => {
        const own = (all: readonly Probe[]) => all.map((probe) => ({ ...probe, source: 1 }));
        const fewer = own(probesOf(some)).sort((a, b) => a.time - b.time);
        const all = [...fewer, ...own(probesOf(more))].sort((a, b) => a.time - b.time);
        const first = (probes: readonly Probe[]) => feed(watched(windows), probes)[0]?.timeTicks ?? Infinity;
        expect(first(all)).toBeLessThanOrEqual(first(fewer));
      }),
      runs(200),
    );
  });

  it('do not depend on the order of what different sources do at the same time', () => {
    fc.assert(
      fc.property(anyWindows, steps, fc.infiniteStream(fc.nat()), (windows, all, random) => {
        const probes = probesOf(all.map((step) => ({ ...step, after: Math.abs(step.after) % 2 })));
        const rank = new Map(Array.from({ length: 5 }, (_, source) => [source, random.next().value as number]));
        const otherwise = probes
          .map((probe, i) => ({ probe, i }))
          .sort(
            (a, b) => a.probe.time - b.probe.time || rank.get(a.probe.source)! - rank.get(b.probe.source)! || a.i - b.i,
          )
          .map(({ probe }) => probe);
        const text = (found: SlowScan[]) =>
          found.map(({ source, timeTicks, ports }) => [source, timeTicks, ports].join()).sort();
        expect(text(feed(watched(windows), otherwise))).toEqual(text(feed(watched(windows), probes)));
      }),
      runs(200),
    );
  });
});
