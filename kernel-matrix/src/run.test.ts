import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { death, guestEvent } from '../test/arbitrary.ts';
import { bootOf, canaryRecord, end, entry, plan, recordOf, scan, test } from '../test/fake.ts';
import { CANARIES } from './canary.ts';
import type { CellRecord } from './record.ts';
import { problems, type Run, tally } from './run.ts';
import type { Canary } from './types.ts';
import { judge } from './verdict.ts';

const runOf = (records: readonly CellRecord[], whole = true): Run => ({
  command: 'make kernel-matrix',
  date: 'now',
  whole,
  records,
});

const green = (series: string, release = `${series}.1`): CellRecord =>
  recordOf(plan(series), [bootOf(release), scan('native'), end]);
const canaries = Object.keys(CANARIES).map((name) => canaryRecord(name as Canary, [], { death: 'panic', tail: ['x'] }));
const four = [green('5.10'), green('6.1'), green('6.12'), green('6.x', '6.18.1')];

describe('a whole run', () => {
  it('has five series', () => {
    expect(problems(runOf([...four, green('7.x', '7.3.4'), ...canaries]))).toEqual([]);
    expect(problems(runOf([...four, ...canaries]))).toEqual([
      'only 4 x86-64 series ran (5.10, 6.1, 6.12, 6.18), 5 must',
    ]);
  });

  it('counts the kernel of the machine only when it is of a further series', () => {
    const own = (release: string): CellRecord[] => [...four, green('own', release), ...canaries];
    expect(problems(runOf(own('6.17.2')))).toEqual([]);
    expect(problems(runOf(own('6.18.9')))).toHaveLength(1);
  });

  it('counts no neighbour in the place of a series that is gone', () => {
    const gone = green('7.x', '6.18.1');
    gone.resolved = { ...gone.resolved!, instead: '6.18' };
    expect(problems(runOf([...four, gone, ...canaries]))).toHaveLength(1);
  });

  it('counts none that is another architecture, and needs one of each', () => {
    const s390x = { arch: 's390x', endian: 'big' } as const;
    const of = plan('6.12 s390x', { kernel: entry('6.12 s390x', s390x) });
    const ran = recordOf(of, [bootOf('9.1.0', { endian: 'big' }), scan('native'), end]);
    expect(problems(runOf([...four, ran, ...canaries]))).toHaveLength(1);
    const missing = recordOf(of, []);
    missing.resolved = { ...missing.resolved!, missing: 'no suite has it' };
    expect(problems(runOf([...four, green('7.x', '7.3.4'), missing, ...canaries]))).toEqual(['no s390x kernel ran']);
  });

  it('has all canaries', () => {
    const [, ...others] = canaries;
    const all = [...four, green('7.x', '7.3.4')];
    expect(problems(runOf([...all, ...others]))).toEqual([
      'the canary program was not run: kernels.json has no kernel for it',
    ]);
  });
});

describe('a run of some', () => {
  it('may be of one series, but not of none', () => {
    expect(problems(runOf([green('5.10')], false))).toEqual([]);
    expect(problems(runOf([], false))).toEqual(['no cell was run']);
  });

  it('was not interrupted', () => {
    const run = { ...runOf([green('5.10')], false), interrupted: true };
    expect([problems(run), tally(run)]).toEqual([['the run was interrupted'], { passed: 1, failed: 1 }]);
  });

  it('has what was asked for', () => {
    const missing = recordOf(plan('5.10'), []);
    missing.resolved = { ...missing.resolved!, missing: 'no suite has it' };
    expect(problems(runOf([missing, green('6.1')], false))).toEqual([
      '5.10 was asked for and is not to be had: no suite has it',
    ]);
  });
});

it('counts tests, canaries, and what is wrong outside of tests', () => {
  const red = recordOf(plan('6.1'), [
    bootOf('6.1.0'),
    scan('native'),
    test('failed'),
    { event: 'trouble', why: 'left' },
  ]);
  const dead = recordOf(plan('7.x'), [bootOf('7.3.4'), scan('native')], { death: 'panic', tail: [] });
  const panic = canaryRecord('panic', [], { death: 'panic', tail: ['panic'] });
  const hang = canaryRecord('hang', [], { death: 'panic', tail: ['panic'] });
  expect(tally(runOf([green('5.10'), red, dead, panic, hang], false))).toEqual({ passed: 4, failed: 4 });
});

it('fails exactly when a cell is neither green nor missing, or something is wrong with the whole', () => {
  const cell = fc.record({
    events: fc.array(guestEvent, { maxLength: 4 }),
    death,
    canary: fc.boolean(),
    missing: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 4 }), fc.boolean(), (cells, whole) => {
      const records = cells.map(({ events, death, canary, missing }) => {
        const outcome = { death, tail: ['x'] };
        const record = canary ? canaryRecord('panic', events, outcome) : recordOf(plan('6.x'), events, outcome);
        if (missing) record.resolved = { ...record.resolved!, missing: 'gone' };
        return record;
      });
      const run = runOf(records, whole);
      const bad = records.some((record) => {
        const { colour } = judge(record);
        return colour !== 'green' && !(colour === 'missing' && !record.cell.canary);
      });
      expect(tally(run).failed > 0).toBe(bad || problems(run).length > 0);
    }),
  );
});
