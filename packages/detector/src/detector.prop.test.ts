import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { host, SOURCE_SECRET, VICTIM } from '../test/sample.ts';
import { patienceMs, runs } from '../test/scale.ts';
import { SlowWindow } from '../test/slow-window.ts';
import { coarseTrace as trace, UNIT_NS, type Probe } from '../test/trace.ts';
import { Detector, type DetectorOptions } from './detector.ts';
import { Moment } from './moment.ts';
import type { Policy } from './policy.ts';
import { compilePolicy, ticksOf } from './policy.ts';
import type { Scan } from './scan.ts';
import { slotValue } from './source-slot.ts';
import { Sources } from './sources.ts';

vi.setConfig({ testTimeout: patienceMs });

const ANY_POLICY: Policy = {
  windowNs: 1n << 40n,
  blockTtlNs: 0n,
  threshold: 0,
  response: 'block',
  ipv6Prefix: 64,
  onlink: [],
};

function make(policy: Policy, changes: Partial<DetectorOptions> = {}): Detector {
  return new Detector({ maxSources: 64, sourceKeys: SOURCE_SECRET, policy, allowed: () => false, ...changes });
}

function feed(detector: Detector, { source, port, timeNs }: Probe): void {
  detector.connection(Uint8Array.from([...host(source), ...VICTIM]), 0, 16, port, timeNs);
}

function run(policy: Policy, probes: readonly Probe[], changes: Partial<DetectorOptions> = {}): Scan[] {
  const detector = make(policy, changes);
  for (const probe of probes) feed(detector, probe);
  return detector.takeScans();
}

/** Takes the scans after each probe, so that the ports are those of the crossing. */
function runEach(policy: Policy, probes: readonly Probe[], changes: Partial<DetectorOptions> = {}): Scan[] {
  const detector = make(policy, changes);
  return probes.flatMap((probe) => {
    feed(detector, probe);
    return detector.takeScans();
  });
}

const hostOf = (scan: Scan) => scan.source[15]!;
const brief = (scan: Scan) => ({ source: hostOf(scan), timeTicks: scan.timeTicks, ports: scan.ports });

describe('the sliding window', () => {
  it.each([
    ['small thresholds', trace(), 32],
    ['thresholds as high as the ports allow', trace({ maxThreshold: 40, ports: 60, sources: 1, maxLength: 150 }), 41],
  ] as const)('is exact: every source over the threshold is reported, no other (%s)', (_, traces, portsMax) => {
    let scans = 0;
    fc.assert(
      fc.property(traces, ({ policy, probes }) => {
        const slow = new SlowWindow(policy);
        for (const { source, port, timeNs } of probes) slow.probe(source, port, timeNs);
        const expected = slow.scans.map(({ source, timeNs, ports }) => ({ source, timeTicks: ticksOf(timeNs), ports }));
        const found = runEach(policy, probes, { portsMax }).map(brief);
        expect(found.map(({ source, timeTicks }) => ({ source, timeTicks }))).toEqual(
          expected.map(({ source, timeTicks }) => ({ source, timeTicks })),
        );
        found.forEach((scan, i) => {
          // The slow one forgets nothing; a report names as many ports as are remembered.
          if (expected[i]!.ports.length <= portsMax) expect(scan.ports).toEqual(expected[i]!.ports);
        });
        scans += found.length;
      }),
      runs(2000),
    );
    expect(scans).toBeGreaterThan(0);
  });

  it('gives the same scans however the trace is cut into batches, but for ports that were learnt since', () => {
    fc.assert(
      fc.property(trace(), fc.array(fc.nat({ max: 80 })), ({ policy, probes }, cuts) => {
        const detector = make(policy);
        const found: Scan[] = [];
        probes.forEach((probe, i) => {
          feed(detector, probe);
          if (cuts.includes(i)) found.push(...detector.takeScans());
        });
        found.push(...detector.takeScans());
        const each = runEach(policy, probes);
        const withoutPorts = (scans: Scan[]) => scans.map((scan) => ({ ...scan, ports: [] }));
        expect(withoutPorts(found)).toEqual(withoutPorts(each));
        found.forEach((scan, i) => expect(scan.ports).toEqual(expect.arrayContaining([...each[i]!.ports])));
      }),
      runs(1000),
    );
  });

  it('gives the same bytes for the same trace', () => {
    fc.assert(
      fc.property(trace({ sources: 100 }), ({ policy, probes }) => {
        const [first, second] = [make(policy), make(policy)];
        for (const probe of probes) feed(first, probe);
        for (const probe of probes) feed(second, probe);
        expect(Buffer.compare(first.table.rows.bytes, second.table.rows.bytes)).toBe(0);
        expect(Buffer.compare(first.singles.bytes, second.singles.bytes)).toBe(0);
        expect(first.takeScans()).toEqual(second.takeScans());
      }),
      runs(500),
    );
  });

  it('does not care about other sources, while there is room', () => {
    fc.assert(
      fc.property(trace({ sources: 4 }), fc.nat({ max: 3 }), ({ policy, probes }, one) => {
        const alone = runEach(
          policy,
          probes.filter((probe) => probe.source === one),
        );
        expect(runEach(policy, probes).filter((scan) => hostOf(scan) === one)).toEqual(alone);
      }),
      runs(1000),
    );
  });

  it('finds a source no later for more probes of it', () => {
    let found = 0;
    fc.assert(
      fc.property(trace({ sources: 2, clockGoesBack: false }), ({ policy, probes }) => {
        const first = (some: readonly Probe[]) => runEach(policy, some)[0]?.timeTicks ?? Infinity;
        const fewer = first(probes.filter(({ source }) => source === 0));
        expect(first(probes.map((probe) => ({ ...probe, source: 0 })))).toBeLessThanOrEqual(fewer);
        found += Number(fewer < Infinity);
      }),
      runs(1000),
    );
    expect(found).toBeGreaterThan(0);
  });

  it('does not depend on the order of what different sources do at the same time', () => {
    fc.assert(
      fc.property(
        trace({ sources: 4, clockGoesBack: false }),
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
        ({ policy, probes }, rank) => {
          const otherwise = probes.toSorted((a, b) =>
            a.timeNs === b.timeNs ? rank.indexOf(a.source) - rank.indexOf(b.source) : Number(a.timeNs - b.timeNs),
          );
          const sorted = (scans: readonly Scan[]) => scans.map((scan) => JSON.stringify(brief(scan))).sort();
          expect(sorted(runEach(policy, otherwise))).toEqual(sorted(runEach(policy, probes)));
        },
      ),
      runs(500),
    );
  });

  it('moves with time, by whole units of what a single remembers', () => {
    fc.assert(
      fc.property(trace(), fc.nat({ max: 2 ** 32 }), ({ policy, probes }, units) => {
        const ticks = units * 2 ** 14;
        const later = probes.map((probe) => ({ ...probe, timeNs: probe.timeNs + BigInt(units) * UNIT_NS }));
        const shifted = run(policy, probes).map((scan) => ({ ...scan, timeTicks: scan.timeTicks + ticks }));
        expect(run(policy, later)).toEqual(shifted);
      }),
      runs(500),
    );
  });
});

describe('limits and the allowlist', () => {
  it('nothing is decided on an allowed source, whatever it does, and all else stays as it is', () => {
    fc.assert(
      fc.property(trace(), ({ policy, probes }) => {
        const allowed = (bytes: Uint8Array, offset: number) => bytes[offset + 15] === 1;
        const found = run(policy, probes, { allowed });
        expect(found).toEqual(run(policy, probes).filter((scan) => hostOf(scan) !== 1));
      }),
      runs(500),
    );
  });

  it('hold whatever arrives', () => {
    const anything = fc.array(
      fc.tuple(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat({ max: 65_535 }), fc.nat({ max: 2 ** 48 - 1 })),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(anything, fc.nat({ max: 3 }), fc.nat({ max: 5 }), (list, threshold, scansMax) => {
        const rules = { ...ANY_POLICY, threshold };
        const detector = make(rules, { maxSources: 9, scansMax });
        const bytes = detector.table.rows.bytes.length;
        for (const [addresses, port, tick] of list) detector.connection(addresses, 0, 16, port, tick);
        expect(detector.table.slots).toBe(12);
        expect(detector.table.rows.bytes).toHaveLength(bytes);
        expect(detector.sweep(0)).toBeLessThanOrEqual(12 + 7 * detector.singles.lines);
        expect(detector.takeScans().length).toBeLessThanOrEqual(scansMax);
        // A single of just so long ago looks young: sweeps are to be more frequent.
        expect(detector.sweep(2 ** 49)).toBeLessThanOrEqual(7 * detector.singles.lines);
        expect(detector.table.rows.bytes.every((byte) => byte === 0)).toBe(true);
      }),
      runs(300),
    );
  });
});

/** The program's tables in user mode, where `until` is never set. */
class Program {
  readonly #sources = new Sources({ sets: 16, singleLines: 16, keys: SOURCE_SECRET });
  readonly table = this.#sources.table;
  readonly #rules;

  constructor(policy: Policy) {
    this.#rules = compilePolicy(policy);
  }

  probe({ source, port, timeNs }: Probe): void {
    this.#sources.select(host(source), 0);
    const slot = this.#sources.probe(port, new Moment().setNs(timeNs), this.#rules);
    if (slot >= 0) this.table.setDestination(slot, VICTIM, 0);
  }

  mergeInto(detector: Detector, lost: number): void {
    for (let slot = 0; slot < this.table.slots; slot++) {
      if (!this.table.isEmpty(slot)) detector.merge(slotValue(this.table, slot), lost);
    }
  }
}

/** Which of a trace's probes reach the detector, how late, and when the table is merged. */
const journey = fc.record({
  lost: fc.array(fc.boolean(), { minLength: 80, maxLength: 80 }),
  merged: fc.array(fc.oneof(fc.constant(false), fc.constant(false), fc.boolean()), { minLength: 80, maxLength: 80 }),
});

describe('a merge of the program’s table', () => {
  const FOR_EVER = { blockTtlNs: 0n, response: 'block' } as const;

  it('gives the same scans as the events that were lost: with blocks for ever, exactly', () => {
    let found = 0;
    fc.assert(
      fc.property(trace({ changes: FOR_EVER }), journey, ({ policy, probes }, way) => {
        const [program, detector, slow] = [new Program(policy), make(policy), new SlowWindow(policy)];
        const scans: Scan[] = [];
        probes.forEach((probe, i) => {
          program.probe(probe);
          slow.probe(probe.source, probe.port, probe.timeNs);
          if (!way.lost[i]!) feed(detector, probe);
          if (!way.merged[i]!) return;
          program.mergeInto(detector, 1);
          scans.push(...detector.takeScans());
          expect(scans.map(hostOf).sort()).toEqual(slow.scans.map((scan) => scan.source).sort());
        });
        found += scans.length;
      }),
      runs(2000),
    );
    expect(found).toBeGreaterThan(0);
  });

  it('changes nothing when no event was lost, not even when events come after the merge that brought them', () => {
    fc.assert(
      fc.property(trace({ changes: FOR_EVER }), journey, ({ policy, probes }, way) => {
        const [program, detector] = [new Program(policy), make(policy)];
        const late: Probe[] = [];
        probes.forEach((probe, i) => {
          program.probe(probe);
          late.push(probe);
          if (way.merged[i]!) program.mergeInto(detector, 0);
          if (!way.lost[i]!) for (const waiting of late.splice(0)) feed(detector, waiting);
        });
        for (const waiting of late) feed(detector, waiting);
        const once = (scans: Scan[]) => scans.map(hostOf).sort();
        expect(once(detector.takeScans())).toEqual(once(run(policy, probes)));
      }),
      runs(2000),
    );
  });

  it('of a table that says what the events said leaves the bytes as they are', () => {
    let scans = 0;
    fc.assert(
      fc.property(trace({ changes: FOR_EVER }), ({ policy, probes }) => {
        const [program, detector] = [new Program(policy), make(policy)];
        for (const probe of probes) program.probe(probe);
        for (const probe of probes) feed(detector, probe);
        const before = detector.table.rows.bytes.slice();
        scans += detector.takeScans().length;
        program.mergeInto(detector, 0);
        expect(Buffer.compare(detector.table.rows.bytes, before)).toBe(0);
        expect(detector.takeScans()).toHaveLength(0);
      }),
      runs(500),
    );
    expect(scans).toBeGreaterThan(0);
  });

  it('never reports a source that was not over the threshold, and reports each first scan, when blocks end', () => {
    fc.assert(
      fc.property(trace(), journey, ({ policy, probes }, way) => {
        const [program, detector, slow] = [
          new Program(policy),
          make(policy),
          new SlowWindow({ ...policy, ...FOR_EVER }),
        ];
        const scanned = new Set<number>();
        probes.forEach((probe, i) => {
          program.probe(probe);
          slow.probe(probe.source, probe.port, probe.timeNs);
          if (!way.lost[i]!) feed(detector, probe);
          if (!way.merged[i]!) return;
          program.mergeInto(detector, 1);
          for (const scan of detector.takeScans()) scanned.add(hostOf(scan));
          expect([...scanned].sort()).toEqual(slow.scans.map((scan) => scan.source).sort());
        });
      }),
      runs(2000),
    );
  });

  it.each([1, 0])(
    'above 31 ports hides no scan where events were lost, and reports none where none were (%s)',
    (lost) => {
      const traces = trace({
        calm: true,
        sources: 2,
        ports: 70,
        minLength: 60,
        maxLength: 160,
        changes: { ...FOR_EVER, threshold: 40, windowNs: 1n << 50n },
      });
      let found = 0;
      fc.assert(
        fc.property(traces, journey, ({ policy, probes }, way) => {
          const [program, detector, slow] = [new Program(policy), make(policy), new SlowWindow(policy)];
          for (const [i, probe] of probes.entries()) {
            program.probe(probe);
            slow.probe(probe.source, probe.port, probe.timeNs);
            if (lost === 0 || !way.lost[i % 80]!) feed(detector, probe);
            if (way.merged[i % 80]!) program.mergeInto(detector, lost);
          }
          program.mergeInto(detector, lost);
          const scanned = detector.takeScans().map(hostOf).sort();
          const expected = slow.scans.map((scan) => scan.source).sort();
          if (lost === 0) expect(scanned).toEqual(expected);
          else expect(scanned).toEqual(expect.arrayContaining(expected));
          found += expected.length;
        }),
        runs(300),
      );
      expect(found).toBeGreaterThan(0);
    },
  );
});
