import type { Run } from '../src/run.ts';
import { bootOf, canaryRecord, end, entry, plan, recordOf, scan, test } from './fake.ts';

const own = recordOf(plan('own'), [
  bootOf('6.18.5+', { cpus: 2 }),
  scan('native'),
  scan('generic'),
  { event: 'ratio', what: 'SYN', median: 2.345, low: 2.1, high: 12.34 },
  end,
]);

const old = recordOf(plan('5.10'), [
  bootOf('5.10.0-46-cloud-amd64', { features: { JIT: true, BTF: true, 'XDP frags': false } }),
  scan('native'),
  scan('generic', 'failed'),
  test('failed', { name: 'a|b <c>', why: '\x1b[31mexpected 1\nto be 2\n\n  at x.ts:3' }),
  test('skipped', { name: 'frags', why: 'XDP frags: 5.18' }),
  { event: 'trouble', why: 'left over: veth0' },
  { event: 'ratio', what: 'SYN', median: 20.25, low: 18, high: 22 },
  end,
]);
old.resolved = { ...old.resolved!, accel: 'tcg' };

const gone = recordOf(plan('7.x'), [bootOf('6.18.15'), test('skipped', { name: 'frags', why: 'XDP frags: 5.18' })], {
  death: 'panic',
  tail: ['Oops', 'Kernel panic - not syncing'],
});
gone.resolved = { ...gone.resolved!, instead: '7.x is gone from sid: linux-image-6.18.15' };

const big = recordOf(plan('6.12 s390x', { kernel: entry('6.12 s390x', { arch: 's390x', endian: 'big' }) }), []);
big.resolved = { ...big.resolved!, missing: 'no suite has it' };

const program = canaryRecord('program', [bootOf('5.10.0'), scan('native', 'failed'), end]);
const mute = canaryRecord('mute', [bootOf('5.10.0'), scan('native'), end]);

/** A run in which all there is to report occurs. */
export const run: Run = {
  command: 'make kernel-matrix',
  date: '2026-11-22 22:00',
  whole: false,
  records: [own, old, gone, big, program, mute],
};
