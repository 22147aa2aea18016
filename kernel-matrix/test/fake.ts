import { newRecord, take, type CellRecord, type Plan } from '../src/record.ts';
import { SCAN_FILE } from '../src/scans.ts';
import type { Canary, Cell, Driver, GuestEvent, KernelEntry, Outcome, Resolved, Watch } from '../src/types.ts';

/** The list that the tests choose from. */
export const entry = (series: string, more: Partial<KernelEntry> = {}): KernelEntry => ({
  series,
  arch: 'x86-64',
  endian: 'little',
  why: 'a test',
  drivers: series === 'own' ? ['native'] : ['qemu', 'vagrant'],
  ...more,
});

export const plan = (series: string, more: Partial<Cell> = {}): Plan => {
  const kernel = more.kernel ?? entry(series);
  return { cell: { name: series, kernel, cpus: 1, ...more }, driver: kernel.drivers[0]! };
};

export const bootOf = (release: string, more: object = {}): GuestEvent => ({
  event: 'boot',
  release,
  version: `Debian ${release}`,
  arch: 'x86_64',
  endian: 'little',
  cpus: 1,
  node: 'v20.20.2',
  features: { JIT: true, BTF: true },
  ...more,
});

export const test = (state: 'passed' | 'failed' | 'skipped', more: object = {}): GuestEvent => ({
  event: 'test',
  file: 'bpf/test/verdicts.kernel.test.ts',
  name: 'drops',
  state,
  ms: 12,
  ...more,
});

export const scan = (mode: 'native' | 'generic', state: 'passed' | 'failed' = 'passed'): GuestEvent =>
  test(state, { file: SCAN_FILE, name: `${mode}: nmap -sS is blocked` });

export const end: GuestEvent = { event: 'end' };

export const done: Outcome = { death: 'done', tail: [] };

/** A record as a run leaves it. */
export function recordOf(which: Plan, events: readonly GuestEvent[], outcome: Outcome = done): CellRecord {
  const record = newRecord(which);
  record.resolved = { kernel: which.cell.kernel, source: `linux-image-${which.cell.kernel.series}` };
  for (const event of events) take(record, event);
  record.startedMs = 0;
  record.endedMs = 61_000;
  record.outcome = outcome;
  return record;
}

export const canaryRecord = (canary: Canary, events: readonly GuestEvent[], outcome?: Outcome): CellRecord =>
  recordOf(plan('5.10', { name: `canary ${canary}`, canary }), events, outcome);

/** A driver whose guests do what the test says. */
export class FakeDriver implements Driver {
  private readonly guest: (cell: Cell, watch: Watch) => Promise<Outcome>;
  private readonly missing: readonly string[];

  constructor(guest: (cell: Cell, watch: Watch) => Promise<Outcome>, missing: readonly string[] = []) {
    this.guest = guest;
    this.missing = missing;
  }

  prepare(cells: readonly Cell[]): Promise<readonly Resolved[]> {
    return Promise.resolve(
      cells.map(({ kernel }) => ({
        kernel,
        source: `linux-image-${kernel.series}`,
        ...(this.missing.includes(kernel.series) ? { missing: 'no suite has it' } : {}),
      })),
    );
  }

  run(cell: Cell, _resolved: Resolved, watch: Watch): Promise<Outcome> {
    return this.guest(cell, watch);
  }
}
