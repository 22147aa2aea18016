import { canaryCells } from './canary.ts';
import { select } from './kernels.ts';
import { type Options, UsageError } from './options.ts';
import type { Plan } from './record.ts';
import type { Cell, DriverName, KernelEntry } from './types.ts';

/** The cell of a kernel: all tests, or those whose path contains `tests`. */
export function cellOf(kernel: KernelEntry, tests: string | undefined): Cell {
  const cpus = kernel.cpus ?? 1;
  const name = cpus === 1 ? kernel.series : `${kernel.series} ${cpus} CPUs`;
  return { name, kernel, cpus, ...(tests === undefined ? {} : { tests }) };
}

/** The cells of the kernels that the driver can run; without a driver each by its first. */
export function cellsOf(
  kernels: readonly KernelEntry[],
  { driver, tests }: { readonly driver?: DriverName | undefined; readonly tests?: string | undefined } = {},
): Plan[] {
  return kernels
    .filter(({ drivers }) => driver === undefined || drivers.includes(driver))
    .map((kernel) => ({ cell: cellOf(kernel, tests), driver: driver ?? kernel.drivers[0]! }));
}

function chosenOf(kernels: readonly KernelEntry[], { kernels: words, full }: Options): readonly KernelEntry[] {
  if (words === undefined) return kernels.filter((kernel) => full || !kernel.full);
  try {
    return select(kernels, words, full);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Canaries run by the driver that was asked for where it can run them. */
const canaryDriver = ({ drivers }: KernelEntry, driver: DriverName | undefined): DriverName =>
  drivers.find((name) => name === driver) ?? drivers[0]!;

/** What a run is made of: the cells of the kernels that were asked for, then the canaries. */
export function plansOf(kernels: readonly KernelEntry[], options: Options): Plan[] {
  const chosen = chosenOf(kernels, options);
  const plans = cellsOf(chosen, options);
  if (plans.length === 0)
    throw new UsageError(
      `DRIVER=${options.driver ?? ''} runs none of ${chosen.map(({ series }) => series).join(', ')}`,
    );
  const canaries = options.canaries ? canaryCells(kernels) : [];
  return [...plans, ...canaries.map((cell) => ({ cell, driver: canaryDriver(cell.kernel, options.driver) }))];
}
