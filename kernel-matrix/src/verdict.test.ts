import { describe, expect, it } from 'vitest';
import { bootOf, done, end, entry, plan, recordOf, scan, test } from '../test/fake.ts';
import type { Death, GuestEvent } from './types.ts';
import { judge } from './verdict.ts';

const five = plan('5.10');
const good: GuestEvent[] = [bootOf('5.10.0-46-cloud-amd64'), scan('native'), end];

describe('a cell', () => {
  it('is green when a test ran, none failed, and nothing was in the way', () => {
    const record = recordOf(five, [...good, test('skipped', { why: 'BLOOM_FILTER: 5.16' })]);
    expect(judge(record)).toMatchObject({ colour: 'green', reasons: [], failures: 0 });
  });

  it('is red when a test failed', () => {
    const record = recordOf(five, [...good, test('failed', { why: 'no' }), test('failed')]);
    expect(judge(record)).toMatchObject({ colour: 'red', reasons: ['2 tests failed'], failures: 2 });
  });

  it('is red when no test ran, however it ended', () => {
    const skipped = recordOf(five, [bootOf('5.10.0'), test('skipped', { why: 'BLOOM_FILTER: 5.16' })]);
    expect(judge(skipped)).toMatchObject({ colour: 'red', reasons: ['no test ran'], failures: 1 });
  });

  it('is red when a test was skipped and nobody knows why', () => {
    const record = recordOf(five, [...good, test('skipped'), test('skipped', { why: ' ' })]);
    expect(judge(record)).toMatchObject({ colour: 'red', reasons: ['2 tests skipped without a reason'], failures: 1 });
  });

  it('is red when there was trouble outside the tests', () => {
    const record = recordOf(five, [...good, { event: 'trouble', why: 'left over: veth0' }]);
    expect(judge(record)).toMatchObject({ colour: 'red', reasons: ['left over: veth0'], failures: 1 });
  });

  const deaths: [Death, string][] = [
    ['panic', 'the kernel panicked'],
    ['timeout', 'the time limit was exceeded'],
    ['no result', 'the guest ended without a result'],
    ['driver', 'the driver failed'],
  ];
  it.each(deaths)('is red when it ended by %s, though all its tests passed', (death, reason) => {
    const record = recordOf(five, good, { death, tail: ['x'] });
    expect(judge(record)).toMatchObject({ colour: 'red', reasons: [reason], failures: 1 });
  });

  it('is red when the guest is not the kernel that was asked for', () => {
    const of = (event: GuestEvent, which = five): readonly string[] =>
      judge(recordOf(which, [event, scan('native')])).reasons;
    expect(of(bootOf('5.1.0'))).toEqual(['the guest runs 5.1.0, not 5.10']);
    expect(of(bootOf('6.18.15'))).toEqual(['the guest runs 6.18.15, not 5.10']);
    expect(of(bootOf('5.100.0'))).toEqual(['the guest runs 5.100.0, not 5.10']);
    expect(of(bootOf('7.3.4'), plan('7.x'))).toEqual([]);
    expect(of(bootOf('6.3.4'), plan('7.x'))).toEqual(['the guest runs 6.3.4, not 7.x']);
    expect(of(bootOf('6.18.5+'), plan('own'))).toEqual([]);
    expect(of(bootOf('5.10.1', { endian: 'big' }))).toEqual(['the guest is big endian, not little']);
    expect(of(bootOf('5.10.1'), plan('5.10', { cpus: 2 }))).toEqual(['the guest has 1 CPU, not 2']);
    const s390x = plan('6.12 s390x', { kernel: entry('6.12 s390x', { endian: 'big', arch: 's390x' }) });
    expect(of(bootOf('6.12.107+deb13-s390x', { endian: 'big' }), s390x)).toEqual([]);
    expect(judge(recordOf(five, [scan('native')])).reasons).toEqual(['the guest did not say which kernel it is']);
  });

  it('may be another kernel when its series is gone', () => {
    const record = recordOf(five, [bootOf('6.1.0'), scan('native')]);
    record.resolved = { ...record.resolved!, instead: '6.1 instead of 5.10' };
    expect(judge(record).colour).toBe('green');
  });

  it('is missing when there is no such kernel, and not run when there was no time', () => {
    const missing = recordOf(five, [], done);
    missing.resolved = { ...missing.resolved!, missing: 'no suite has it' };
    expect(judge(missing)).toMatchObject({ colour: 'missing', reasons: ['no suite has it'], failures: 0 });
    const notRun = recordOf(five, []);
    delete notRun.outcome;
    expect(judge(notRun).colour).toBe('not run');
  });
});
