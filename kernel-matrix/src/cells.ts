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
