import { availableParallelism } from 'node:os';
import type { DriverName } from './types.ts';

/** What the user asked for. */
export interface Options {
  /** `5.10,7`: only these kernels. */
  readonly kernels?: string;
  /** Only test files whose path contains this. */
  readonly tests?: string;
  readonly driver?: DriverName;
  /** Also the entries of the list that are marked `full`. */
  readonly full: boolean;
  /** How many guests run side by side; this machine's own kernel counts as two. */
  readonly jobs: number;
  readonly canaries: boolean;
}

/** Something that the user has to write otherwise. */
export class UsageError extends Error {}

const DRIVERS: readonly DriverName[] = ['qemu', 'vagrant', 'native'];

function driverOf(text: string | undefined): DriverName | undefined {
  const driver = DRIVERS.find((name) => name === text);
  if (text !== undefined && driver === undefined)
    throw new UsageError(`no driver ${text}; there are ${DRIVERS.join(', ')}`);
  return driver;
}

function jobsOf(text: string | undefined): number {
  // A guest waits for something for a fifth of its time.
  if (text === undefined) return availableParallelism() + 1;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UsageError(`JOBS=${text}: how many guests run side by side, 1 or more`);
  return Number(text);
}

function switchOf(name: string, text: string | undefined): boolean | undefined {
  if (text !== undefined && text !== '0' && text !== '1') throw new UsageError(`${name}=${text}: 1 or 0`);
  return text === undefined ? undefined : text === '1';
}

/** Reads KERNELS, TESTS, DRIVER, FULL, JOBS and CANARY; one that is empty counts as not given. */
export function readOptions(environment: Readonly<Record<string, string | undefined>>): Options {
  const given = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const [kernels, tests] = [given('KERNELS'), given('TESTS')];
  const driver = driverOf(given('DRIVER'));
  const some = kernels !== undefined || tests !== undefined || driver !== undefined;
  return {
    ...(kernels === undefined ? {} : { kernels }),
    ...(tests === undefined ? {} : { tests }),
    ...(driver === undefined ? {} : { driver }),
    full: switchOf('FULL', given('FULL')) ?? false,
    jobs: jobsOf(given('JOBS')),
    canaries: switchOf('CANARY', given('CANARY')) ?? !some,
  };
}

/** Whether the run shows all that the committed report is to show. */
export const isWhole = ({ kernels, tests, driver, canaries }: Options): boolean =>
  canaries && kernels === undefined && tests === undefined && driver === undefined;

/** The command that makes such a run. */
export function commandOf({ kernels, tests, driver, full, canaries }: Options): string {
  const some = kernels !== undefined || tests !== undefined || driver !== undefined;
  const quoted = (text: string): string => (/^[\w.,/-]+$/.test(text) ? text : `'${text}'`);
  return [
    full ? 'make kernel-matrix-full' : 'make kernel-matrix',
    ...(kernels === undefined ? [] : [`KERNELS=${quoted(kernels)}`]),
    ...(tests === undefined ? [] : [`TESTS=${quoted(tests)}`]),
    ...(driver === undefined ? [] : [`DRIVER=${driver}`]),
    ...(canaries === some ? [`CANARY=${canaries ? 1 : 0}`] : []),
  ].join(' ');
}
