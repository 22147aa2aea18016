import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { host, SOURCE_SECRET, VICTIM } from '../test/sample.ts';
import { patienceMs, runs } from '../test/scale.ts';
import { SlowSources } from '../test/slow-program.ts';
import { trace } from '../test/trace.ts';
import { Moment } from './moment.ts';
import { compilePolicy } from './policy.ts';
import { slotValue } from './source-slot.ts';
import { SourceTable } from './source-table.ts';

vi.setConfig({ testTimeout: patienceMs });

/** `sources` are many more than there is room for, in some runs; in others the threshold is low, so that it is crossed often. */
const cases = fc.tuple(
  fc.oneof(
    trace({ sources: 12, ports: 40, maxThreshold: 33 }),
    trace({ sources: 6, ports: 9, maxThreshold: 2, minLength: 40 }),
  ),
  fc.integer({ min: 1, max: 3 }),
  fc.constantFrom(32, 40),
  fc.boolean(),
);

it('SourceTable follows the rules of the program word by word, whoever is evicted', () => {
  const met = { evicted: 0, over: 0, repeated: 0 };
  fc.assert(
    fc.property(cases, ([{ policy, probes }, sets, portsMax, settles]) => {
      const table = new SourceTable({ sets, portsMax, keys: SOURCE_SECRET });
      const slow = new SlowSources(sets, portsMax, SOURCE_SECRET);
      const rules = compilePolicy(policy);
      const quietNs = policy.response === 'block' ? policy.blockTtlNs : policy.windowNs;
      for (const { source, port, timeNs } of probes) {
        const now = new Moment().setNs(timeNs);
        const slot = table.seat(host(source), 0, now, rules);
        table.setDestination(slot, VICTIM, 0);
        table.touch(slot, port, now, rules);
        const ports = table.report ? table.freshPorts(slot) : [];
        if (table.report && settles) table.settle(slot, now, rules);
        const expected = slow.touch(host(source), port, timeNs, { ...policy, quietNs, settles });
        expect({ over: table.over, report: table.report, evicted: table.evicted, ports }).toEqual(expected);
        met.evicted += Number(table.evicted);
        met.over += Number(table.over);
        met.repeated += Number(table.over && !table.report);
      }
      slow.sets.flat().forEach((expected, slot) => {
        const { source, destination, ...value } = slotValue(table, slot);
        expect({ ...value, source: Buffer.from(source).toString('hex') }).toEqual(expected);
        expect(destination).toEqual(table.isEmpty(slot) ? new Uint8Array(16) : VICTIM);
      });
    }),
    runs(600),
  );
  expect(Math.min(met.evicted, met.over, met.repeated)).toBeGreaterThan(0);
});
