import { CANARIES } from './canary.ts';
import { type CellRecord, count } from './record.ts';
import type { Arch } from './types.ts';
import { judge } from './verdict.ts';

/** A run of the matrix, as it is reported. */
export interface Run {
  /** The command that makes such a run. */
  readonly command: string;
  /** UTC, to the minute. */
  readonly date: string;
  /** Whether it shows all that the committed report is to show. */
  readonly whole: boolean;
  readonly interrupted?: boolean;
  readonly records: readonly CellRecord[];
}

const SERIES_MIN = 5;

export const isCanary = ({ cell }: CellRecord): boolean => cell.canary !== undefined;

/** The cells that are no canaries. */
export const kernelsOf = ({ records }: Run): CellRecord[] => records.filter((record) => !isCanary(record));

/** `6.12`, of what really booted: a neighbour in the place of a series that is gone is none of its own. */
function seriesThatRan(records: readonly CellRecord[], arch: Arch): Set<string> {
  const of = records.filter(({ cell, outcome }) => cell.kernel.arch === arch && outcome);
  return new Set(of.flatMap(({ boot }) => /^\d+\.\d+/.exec(boot?.release ?? '')?.[0] ?? []));
}

function wholeProblems(records: readonly CellRecord[]): string[] {
  const series = [...seriesThatRan(records, 'x86-64')];
  const few =
    series.length < SERIES_MIN
      ? [`only ${series.length} x86-64 series ran (${series.join(', ') || 'none'}), ${SERIES_MIN} must`]
      : [];
  const archs = [...new Set(records.map(({ cell }) => cell.kernel.arch))];
  const absent = archs.filter((arch) => arch !== 'x86-64' && seriesThatRan(records, arch).size === 0);
  const canaries = Object.keys(CANARIES).filter((name) => !records.some(({ cell }) => cell.canary === name));
  return [
    ...few,
    ...absent.map((arch) => `no ${arch} kernel ran`),
    ...canaries.map((name) => `the canary ${name} was not run: kernels.json has no kernel for it`),
  ];
}

/** What is wrong with the run as a whole. A whole run bears a missing kernel while enough others are there. */
export function problems({ whole, interrupted, records }: Run): string[] {
  if (interrupted) return ['the run was interrupted'];
  if (records.length === 0) return ['no cell was run'];
  if (whole) return wholeProblems(records);
  return records
    .filter(({ cell, resolved }) => !cell.canary && resolved?.missing !== undefined)
    .map(({ cell, resolved }) => `${cell.name} was asked for and is not to be had: ${resolved!.missing!}`);
}

/** The last line's figures: tests of the kernels; a canary counts one, and so does what is wrong outside the tests. */
export function tally(run: Run): { readonly passed: number; readonly failed: number } {
  const verdicts = run.records.map((record) => ({ record, ...judge(record) }));
  const passed = verdicts.map(({ record, colour }) =>
    isCanary(record) ? Number(colour === 'green') : count(record, 'passed'),
  );
  const failed = verdicts.map(({ failures }) => failures);
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  return { passed: sum(passed), failed: sum(failed) + problems(run).length };
}
