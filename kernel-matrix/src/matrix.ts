import { type CellRecord, newRecord, type Plan, take } from './record.ts';
import { sideBySide } from './side-by-side.ts';
import type { Driver, DriverName, Resolved } from './types.ts';

/** Who looks on. */
export interface Audience {
  /** A cell begins or ends; `records` are all of the run. */
  cell(record: CellRecord, what: 'begins' | 'ends'): void;
  /** `fetching linux-image-…`; of a driver that prepares, or of a cell before its guest runs. */
  progress(who: string, line: string): void;
}

export interface Conduct {
  readonly driver: (name: DriverName) => Promise<Driver>;
  readonly cores: number;
  readonly signal: AbortSignal;
  readonly audience: Audience;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

const said = (error: unknown): string[] => (error instanceof Error ? error.message : String(error)).split('\n');

/** Loads a driver and has it prepare its cells; when that fails, so have they. */
async function prepare(
  name: DriverName,
  records: readonly CellRecord[],
  conduct: Conduct,
): Promise<Driver | undefined> {
  const { audience, signal } = conduct;
  try {
    const driver = await conduct.driver(name);
    const watch = { signal, progress: (line: string) => audience.progress(name, line) };
    const all = await driver.prepare(
      records.map(({ cell }) => cell),
      watch,
    );
    for (const record of records) record.resolved = resolvedOf(record, all);
    return driver;
  } catch (error) {
    if (!signal.aborted) for (const record of records) record.outcome = { death: 'driver', tail: said(error) };
    return undefined;
  }
}

function resolvedOf({ cell, driver }: CellRecord, all: readonly Resolved[]): Resolved {
  const resolved = all.find(({ kernel }) => kernel.series === cell.kernel.series && kernel.arch === cell.kernel.arch);
  if (!resolved) throw new Error(`the driver ${driver} did not say what ${cell.kernel.series} is`);
  return resolved;
}

async function run(record: CellRecord, driver: Driver, { audience, signal, now }: Conduct): Promise<void> {
  record.startedMs = now();
  audience.cell(record, 'begins');
  try {
    record.outcome = await driver.run(record.cell, record.resolved!, {
      event: (event) => take(record, event),
      progress: (line) => audience.progress(record.cell.name, line),
      signal,
    });
  } catch (error) {
    record.outcome = { death: 'driver', tail: said(error) };
  }
  record.endedMs = now();
  audience.cell(record, 'ends');
}

/**
 * Runs the cells, as many side by side as there are cores for, and returns when all have ended. After an abort the
 * cells that run are waited for, since their drivers still have to put everything away.
 */
export async function runMatrix(records: readonly CellRecord[], conduct: Conduct): Promise<void> {
  const names = [...new Set(records.map(({ driver }) => driver))];
  const loaded = await Promise.all(
    names.map(
      async (name) =>
        [
          name,
          await prepare(
            name,
            records.filter(({ driver }) => driver === name),
            conduct,
          ),
        ] as const,
    ),
  );
  const drivers = new Map(loaded);
  const ready = records.filter(
    ({ driver, resolved }) => drivers.get(driver) && resolved && resolved.missing === undefined,
  );
  const isCanary = ({ cell }: CellRecord): number => Number(cell.canary !== undefined);
  await sideBySide(
    ready.sort((a, b) => isCanary(b) - isCanary(a)),
    conduct.cores,
    // A guest's tests run one after the other, so that a second processor of it is idle nearly all the time.
    // Those of the machine's own kernel look at what it holds: two cells on that would see each other's. And they are
    // in a hurry, for their time limits are those of a machine that is not emulated.
    // A canary in a guest dies, or waits: it takes nobody's place.
    ({ driver, cell }) => {
      if (driver === 'native') return { cores: 2, alone: 'native' };
      return { cores: cell.canary === undefined ? 1 : 0 };
    },
    (record) => run(record, drivers.get(record.driver)!, conduct),
    conduct.signal,
  );
}

export const recordsOf = (plans: readonly Plan[]): CellRecord[] => plans.map(newRecord);
