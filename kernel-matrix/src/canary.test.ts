import { describe, expect, it } from 'vitest';
import { bootOf, canaryRecord, done, end, entry, scan, test } from '../test/fake.ts';
import { canaryCells, canaryReasons, CANARIES } from './canary.ts';
import type { Canary, GuestEvent, Outcome } from './types.ts';
import { judge } from './verdict.ts';

const boot = bootOf('5.10.0');
const reasons = (canary: Canary, events: readonly GuestEvent[], outcome: Outcome = done): string[] =>
  canaryReasons(canaryRecord(canary, events, outcome), canary, outcome);

describe('a canary that shows what it is there for', () => {
  const link = test('failed', { why: 'bpf_link was denied, and 5.9 has it' });
  const shown: [Canary, GuestEvent[], Outcome][] = [
    ['program', [boot, scan('native', 'failed'), scan('generic'), end], done],
    ['no-bpf-link', [boot, link, end], done],
    ['panic', [], { death: 'panic', tail: ['Kernel panic - not syncing: sysrq triggered crash'] }],
    ['hang', [boot], { death: 'timeout', tail: ['guest began'] }],
    ['mute', [], { death: 'no result', tail: ['powering off'] }],
  ];
  it.each(shown)('%s', (canary, events, outcome) => {
    expect(reasons(canary, events, outcome)).toEqual([]);
    expect(judge(canaryRecord(canary, events, outcome))).toMatchObject({ colour: 'green', reasons: [], failures: 0 });
  });
});

describe('a canary that is green, or red for another reason, is told in plain words', () => {
  const silent: Outcome = { death: 'panic', tail: ['', ' '] };
  const wrong: [Canary, GuestEvent[], Outcome, string][] = [
    ['program', [boot, scan('native'), end], done, 'all was green'],
    ['program', [boot, test('failed', { name: 'map', why: 'E2BIG\nat x' }), end], done, 'failed: map (E2BIG)'],
    ['program', [boot, scan('native', 'failed')], { death: 'timeout', tail: ['x'] }, 'timeout'],
    ['program', [boot, end], done, 'no test ran'],
    ['program', [boot, { event: 'trouble', why: 'vitest ended' }, end], done, 'trouble: vitest ended'],
    ['no-bpf-link', [boot, test('skipped', { why: 'bpf_link: 5.9' }), end], done, 'all was green'],
    ['no-bpf-link', [boot, test('failed', { why: 'bpf_link: EPERM' }), end], done, 'failed: drops (bpf_link: EPERM)'],
    ['no-bpf-link', [boot, test('failed', { why: 'EINVAL' }), end], done, 'failed: drops (EINVAL)'],
    ['panic', [boot], { death: 'timeout', tail: ['x'] }, 'timeout'],
    ['panic', [boot], silent, 'panic, but no tail of the log'],
    ['hang', [], { death: 'timeout', tail: ['x'] }, 'timeout, before the guest side began'],
    ['hang', [boot, end], done, 'no test ran'],
    ['mute', [], { death: 'driver', tail: ['no qemu'] }, 'driver'],
    ['mute', [], { death: 'no result', tail: [] }, 'no result, but no tail of the log'],
  ];
  it.each(wrong)('%s', (canary, events, outcome, showed) => {
    const told = [`${CANARIES[canary]}; but it showed: ${showed}`];
    expect(reasons(canary, events, outcome)).toEqual(told);
    expect(judge(canaryRecord(canary, events, outcome))).toMatchObject({ colour: 'red', reasons: told, failures: 1 });
  });

  it('also when its kernel is not to be had', () => {
    const record = canaryRecord('panic', []);
    record.resolved = { ...record.resolved!, missing: 'no suite has it' };
    expect(judge(record)).toMatchObject({ colour: 'missing', reasons: ['no suite has it'], failures: 1 });
  });
});

it('breaks the program on the own kernel and lets the first emulated one die', () => {
  const kernels = [entry('own'), entry('6.12 s390x', { arch: 's390x' }), entry('5.10'), entry('6.1')];
  expect(canaryCells(kernels).map(({ name, kernel, tests }) => [name, kernel.series, tests])).toEqual([
    ['canary program', 'own', 'scan'],
    ['canary no-bpf-link', 'own', 'links'],
    ['canary panic', '5.10', undefined],
    ['canary hang', '5.10', undefined],
    ['canary mute', '5.10', undefined],
  ]);
});
