import type { CellRecord, Test } from './record.ts';
import { SCAN_FILE } from './scans.ts';
import type { Canary, Cell, Death, KernelEntry, Outcome } from './types.ts';

/** What each canary must show, as it is told when it does not. */
export const CANARIES: Readonly<Record<Canary, string>> = {
  program: 'a program that passes every packet must make scan tests fail',
  'no-bpf-link':
    'bpf_link denied on a kernel that has it must make a skip a failure that names bpf_link and the kernel',
  panic: 'a kernel that panics must be told as a panic, with the tail of its log',
  hang: 'a guest that hangs must be told as a timeout, with the tail of its log',
  mute: 'a guest that says nothing must be told as without result, with the tail of its log',
};

const deaths: Readonly<Record<'panic' | 'hang' | 'mute', Death>> = {
  panic: 'panic',
  hang: 'timeout',
  mute: 'no result',
};

const failures: Readonly<Record<'program' | 'no-bpf-link', (test: Test) => boolean>> = {
  program: ({ file }) => file === SCAN_FILE,
  'no-bpf-link': ({ why = '' }) => why.includes('bpf_link') && /\b\d+\.\d+\b/.test(why),
};

/** What the cell did, in a few words. */
export function showed({ tests, troubles }: CellRecord, { death }: Outcome): string {
  const [failed] = tests.filter(({ state }) => state === 'failed');
  if (death !== 'done') return death;
  if (failed) return `failed: ${failed.name}${failed.why === undefined ? '' : ` (${failed.why.split('\n')[0]})`}`;
  if (troubles.length > 0) return `trouble: ${troubles[0]}`;
  return tests.length === 0 ? 'no test ran' : 'all was green';
}

/** Why a canary did not show what it is there for; empty when it did. */
export function canaryReasons(record: CellRecord, canary: Canary, outcome: Outcome): string[] {
  const told = [`${CANARIES[canary]}; but it showed: ${showed(record, outcome)}`];
  if (canary === 'program' || canary === 'no-bpf-link') {
    const right = record.tests.some((test) => test.state === 'failed' && failures[canary](test));
    return outcome.death === 'done' && right ? [] : told;
  }
  if (outcome.death !== deaths[canary]) return told;
  // A guest that never came up hangs for another reason.
  if (canary === 'hang' && !record.boot) return [`${told[0]!}, before the guest side began`];
  return outcome.tail.some((line) => line.trim() !== '') ? [] : [`${told[0]!}, but no tail of the log`];
}

/** The boot alone takes 14 to 40 s under emulation. */
const LIMITS_MS = { panic: 120_000, hang: 75_000, mute: 120_000 };

const cell = (canary: Canary, kernel: KernelEntry, more: Partial<Cell>): Cell => ({
  name: `canary ${canary}`,
  kernel,
  cpus: 1,
  canary,
  ...more,
});

/** The canary cells: the broken programs on this machine's own kernel, the deaths on the first emulated one of the list. */
export function canaryCells(kernels: readonly KernelEntry[]): Cell[] {
  const own = kernels.find(({ drivers }) => drivers[0] === 'native');
  const emulated = kernels.find(({ drivers, arch }) => arch === 'x86-64' && drivers[0] !== 'native');
  const broken = own ? [cell('program', own, { tests: 'scan' }), cell('no-bpf-link', own, { tests: 'links' })] : [];
  const dying = (['panic', 'hang', 'mute'] as const).flatMap((canary) =>
    emulated ? [cell(canary, emulated, { limitMs: LIMITS_MS[canary] })] : [],
  );
  return [...broken, ...dying];
}
