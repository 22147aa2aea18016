import type { Figures } from '@scanward/daemon';
import { Verdict } from '@scanward/map-codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { figures, ZERO } from '../../test/metrics-figures.ts';
import { families } from './families.ts';
import type { MetricsFigures } from './metrics-figures.ts';

/** Every sample as Prometheus names it, without its value. */
const series = (from: MetricsFigures): string[] =>
  families(from).flatMap(({ name, samples }) =>
    samples.map(({ labels, suffix = '' }) => `${name}${suffix} ${JSON.stringify(labels)}`),
  );

const valuesOf = (from: MetricsFigures, name: string): Record<string, number> => {
  const { samples } = families(from).find((family) => family.name === name)!;
  return Object.fromEntries(
    samples.map(({ labels, value, suffix = '' }) => [[...Object.values(labels), suffix].filter(Boolean).join(), value]),
  );
};

test('names are the standard ones, each with a text', () => {
  const all = families(figures());
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const { name, type, help } of all) {
    expect(name).toMatch(/^scanward_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(help).toMatch(/^[A-Z].*\.$/);
  }
});

test('all label values are there from the start, so that an increase from nothing is one', () => {
  expect(valuesOf(figures(), 'scanward_scans_total')).toEqual(ZERO.scans);
  expect(valuesOf(figures(), 'scanward_probes_total')).toEqual(ZERO.probes);
  expect(valuesOf(figures(), 'scanward_lost_total')).toEqual({
    ...{ 'connections,ring_full': 0, 'connections,slow_reader': 0, 'sources,tables_full': 0 },
    ...{ 'scans,ring_full': 0, 'scans,slow_reader': 0, 'scans,line_limit': 0 },
    ...{ 'scan_ends,slow_reader': 0, 'scan_ends,line_limit': 0, 'blocks,slow_reader': 0, 'blocks,line_limit': 0 },
    ...{ 'unblocks,slow_reader': 0, 'unblocks,line_limit': 0 },
  });
});

test('whatever happens, there are no other series than at the start', () => {
  const count = fc.nat(1_000_000);
  const whats = ['connections', 'scans', 'scan ends', 'blocks', 'unblocks', 'sources'] as const;
  const causes = ['ring full', 'slow reader', 'blocklist full', 'tables full', 'line limit', 'block cap'] as const;
  const lost = fc.record({ what: fc.constantFrom(...whats), cause: fc.constantFrom(...causes), count });
  const tally = fc.record({ packets: fc.bigInt(0n, 2n ** 64n), bytes: fc.bigInt(0n, 2n ** 64n) });
  const some = fc.record({
    lost: fc.array(lost),
    counters: fc.record({
      verdicts: fc.array(tally, { minLength: 11, maxLength: 11 }),
      blocksMade: fc.bigInt(0n, 2n ** 64n),
    }),
    scansInProgress: count,
    allowed: count,
  });
  fc.assert(
    fc.property(some, ({ counters, ...daemon }) => {
      const after = figures({ ...daemon, counters: { ...ZERO.counters, ...counters } });
      expect(series(after)).toEqual(series(figures()));
      for (const { samples } of families(after))
        for (const { value } of samples) expect(value).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('packets and bytes by action and verdict, of which connections are one', () => {
  const verdicts = ZERO.counters.verdicts.map((_, i) => ({ packets: BigInt(i + 1), bytes: BigInt(100 * (i + 1)) }));
  const from = figures({ counters: { ...ZERO.counters, verdicts } });
  const packets = valuesOf(from, 'scanward_packets_total');
  expect(packets).toMatchObject({ 'pass,not_ip': 1, 'pass,connection': 7, 'drop,blocked': 10, 'drop,threshold': 11 });
  expect(Object.keys(packets)).toHaveLength(Object.keys(Verdict).length);
  expect(valuesOf(from, 'scanward_bytes_total')).toMatchObject({ 'drop,blocked': 1_000 });
  expect(valuesOf(from, 'scanward_connections_total')).toEqual({ '': 7 });
});

test('blocks: now, by who made them, and why not; the sums of program and daemon apart', () => {
  const counters = { ...ZERO.counters, blocksMade: 7n, blocksRefused: 2n, blocksCapped: 3n, synsEvicted: 5n };
  const blocks: Figures['blocks'] = { made: { daemon: 1, operator: 4 }, ended: 6, refused: 8, capped: 9 };
  const from = { ...figures({ counters, blocks, allowed: 3, sources: 12 }) };
  const { max } = from.tables;
  const filled = { ...from, tables: { blocks: 10, nets: 2, max } };
  expect(valuesOf(filled, 'scanward_blocks')).toEqual({ source: 10, net: 2 });
  expect(valuesOf(filled, 'scanward_blocks_made_total')).toEqual({ program: 7, daemon: 1, operator: 4 });
  expect(valuesOf(filled, 'scanward_blocks_ended_total')).toEqual({ '': 6 });
  const refused = { 'full,program': 2, 'full,daemon': 8, 'cap,program': 3, 'cap,daemon': 9 };
  expect(valuesOf(filled, 'scanward_blocks_refused_total')).toEqual(refused);
  expect(valuesOf(filled, 'scanward_table_entries')).toEqual({ blocks: 10, nets: 2, allow: 3, sources: 12 });
  expect(valuesOf(filled, 'scanward_table_max_entries')).toEqual(max);
  expect(valuesOf(filled, 'scanward_evictions_total')).toEqual({ sources: 0, singles: 0, syns: 5 });
});

test('losses, and blocks that were refused are none', () => {
  const from = figures({
    lost: [
      { what: 'scans', cause: 'ring full', count: 3 },
      { what: 'blocks', cause: 'blocklist full', count: 9 },
    ],
  });
  const lost = valuesOf(from, 'scanward_lost_total');
  expect(lost['scans,ring_full']).toBe(3);
  expect(Object.values(lost).reduce((sum, each) => sum + each, 0)).toBe(3);
});

test('durations are a histogram, lags are of the last pass', () => {
  const tracking = { within: [1, 2, 3, 3, 3], count: 4, sumSeconds: 11.5, lagSeconds: 0.25 };
  const from = figures({ watchers: { ...ZERO.watchers, tracking } });
  expect(valuesOf(from, 'scanward_watcher_duration_seconds')).toMatchObject({
    '0.001,tracking,_bucket': 1,
    '10,tracking,_bucket': 3,
    '+Inf,tracking,_bucket': 4,
    'tracking,_sum': 11.5,
    'tracking,_count': 4,
    'network,_count': 0,
  });
  expect(valuesOf(from, 'scanward_watcher_lag_seconds')).toEqual({ tracking: 0.25, blocking: 0, network: 0 });
});

test('what was started, since when, and where it is attached', () => {
  const from = {
    ...figures({ startMs: 1_500 }),
    interfaces: [
      { name: 'eth0', isAttached: true },
      { name: 'b', isAttached: false },
    ],
  };
  expect(valuesOf(from, 'scanward_build_info')).toEqual({ '1.2.3,6.1.0,kernel,block,any': 1 });
  expect(valuesOf(from, 'scanward_start_time_seconds')).toEqual({ '': 1.5 });
  expect(valuesOf(from, 'scanward_attached')).toEqual({ eth0: 1, b: 0 });
});
