import { describe, expect, it } from 'vitest';
import { bootOf, done, end, entry, FakeDriver, plan, scan } from '../test/fake.ts';
import { cellsOf } from './cells.ts';
import { type Conduct, recordsOf, runMatrix } from './matrix.ts';
import type { Plan } from './record.ts';
import type { Cell, Driver, DriverName, Outcome, Watch } from './types.ts';
import { judge } from './verdict.ts';

const green = (cell: Cell, watch: Watch): Promise<Outcome> => {
  for (const event of [bootOf(`${cell.kernel.series}.1`), scan('native'), end]) watch.event(event);
  return Promise.resolve(done);
};

async function run(
  plans: readonly Plan[],
  driver: Driver | ((name: DriverName) => Driver),
  more: Partial<Conduct> = {},
) {
  const records = recordsOf(plans);
  const told: string[] = [];
  await runMatrix(records, {
    driver: async (name) => Promise.resolve(typeof driver === 'function' ? driver(name) : driver),
    cores: 2,
    signal: new AbortController().signal,
    audience: {
      cell: ({ cell }, what) => told.push(`${cell.name} ${what}`),
      progress: (who, line) => told.push(`${who}: ${line}`),
    },
    now: () => 0,
    ...more,
  });
  return { records, told, colours: records.map((record) => judge(record).colour) };
}

it('makes a cell of each kernel that the driver can run', () => {
  const kernels = [entry('own'), entry('6.x', { cpus: 2 }), entry('s', { drivers: ['qemu'] })];
  const names = (plans: readonly Plan[]): string[] => plans.map(({ cell, driver }) => `${cell.name}: ${driver}`);
  expect(names(cellsOf(kernels))).toEqual(['own: native', '6.x 2 CPUs: qemu', 's: qemu']);
  expect(names(cellsOf(kernels, { driver: 'vagrant' }))).toEqual(['6.x 2 CPUs: vagrant']);
  expect(cellsOf(kernels, { tests: 'scan' })[0]!.cell.tests).toBe('scan');
});

it('collects what each guest tells', async () => {
  const { records, colours, told } = await run([plan('5.10'), plan('6.1')], new FakeDriver(green));
  expect(colours).toEqual(['green', 'green']);
  expect(records.map(({ boot }) => boot?.release)).toEqual(['5.10.1', '6.1.1']);
  expect(told.sort()).toEqual(['5.10 begins', '5.10 ends', '6.1 begins', '6.1 ends']);
});

describe('one that fails leaves the others alone', () => {
  it('a guest', async () => {
    const panic = (cell: Cell, watch: Watch): Promise<Outcome> =>
      cell.name === '5.10' ? Promise.resolve({ death: 'panic', tail: ['Kernel panic'] }) : green(cell, watch);
    const { colours } = await run([plan('5.10'), plan('6.1')], new FakeDriver(panic));
    expect(colours).toEqual(['red', 'green']);
  });

  it('a driver that throws', async () => {
    const broken = (cell: Cell, watch: Watch): Promise<Outcome> =>
      cell.name === '5.10' ? Promise.reject(new Error('no socket\nat all')) : green(cell, watch);
    const { records, colours } = await run([plan('5.10'), plan('6.1')], new FakeDriver(broken));
    expect(colours).toEqual(['red', 'green']);
    expect(records[0]!.outcome).toEqual({ death: 'driver', tail: ['no socket', 'at all'] });
  });

  it('a driver that cannot be loaded', async () => {
    const { records, colours } = await run([plan('5.10'), plan('own')], (name) => {
      if (name === 'qemu') throw new Error('no QEMU');
      return new FakeDriver(green);
    });
    expect(records[0]!.outcome).toEqual({ death: 'driver', tail: ['no QEMU'] });
    expect(colours).toEqual(['red', 'green']);
  });

  it('a kernel that is not to be had is not run', async () => {
    const { colours, told } = await run([plan('5.10'), plan('6.1')], new FakeDriver(green, ['5.10']));
    expect(colours).toEqual(['missing', 'green']);
    expect(told).toEqual(['6.1 begins', '6.1 ends']);
  });
});

it('waits after an abort until the drivers have put everything away', async () => {
  const abort = new AbortController();
  let away = false;
  const slow = async (_cell: Cell, { signal }: Watch): Promise<Outcome> => {
    const aborted = new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    abort.abort();
    await aborted;
    await new Promise((resolve) => setImmediate(resolve));
    away = true;
    return { death: 'driver', tail: ['interrupted'] };
  };
  const { colours } = await run([plan('5.10'), plan('6.1')], new FakeDriver(slow), { cores: 1, signal: abort.signal });
  expect(away).toBe(true);
  expect(colours).toEqual(['red', 'not run']);
});

it('never has two cells on the machine itself at a time', async () => {
  let running = 0;
  const alone = async (cell: Cell, watch: Watch): Promise<Outcome> => {
    expect(++running).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    return green(cell, watch);
  };
  await run([plan('own'), plan('own', { name: 'canary program' })], new FakeDriver(alone));
});
