import { type CellRecord, count } from '../record.ts';
import { isCanary, problems, type Run } from '../run.ts';
import { judge } from '../verdict.ts';
import { oneLine } from './table.ts';

const WHY_LINES = 6;

/** What is wrong with a cell. */
export interface Told {
  /** `6.1: red: 2 tests failed`. */
  readonly what: string;
  /** Tests that failed, each with the first lines of why, and the tail of the log. */
  readonly details: readonly { readonly title: string; readonly lines: readonly string[] }[];
}

const lines = (text: string | undefined): string[] =>
  (text ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, WHY_LINES);

function failure(record: CellRecord, { whole }: Run): Told[] {
  const { colour, reasons } = judge(record);
  // A run of some says itself that what was asked for is missing.
  if (colour === 'green' || (colour === 'missing' && !whole && !isCanary(record))) return [];
  const tests = isCanary(record) ? [] : record.tests.filter(({ state }) => state === 'failed');
  const { death, tail = [] } = record.outcome ?? {};
  const title = death === 'driver' ? 'what its driver says' : 'the end of its log';
  return [
    {
      what: oneLine(`${record.cell.name}: ${colour}: ${reasons.join('; ')}`),
      details: [
        ...tests.map(({ file, name, why }) => ({ title: oneLine(`${file}: ${name}`), lines: lines(why) })),
        ...(tail.length > 0 ? [{ title, lines: tail }] : []),
      ],
    },
  ];
}

/** All that is wrong with a run. */
export const failures = (run: Run): Told[] => [
  ...problems(run).map((what) => ({ what, details: [] })),
  ...run.records.flatMap((record) => failure(record, run)),
];

/** The same for a terminal. */
export const failuresText = (run: Run): string[] =>
  failures(run).flatMap(({ what, details }) => [
    what,
    ...details.flatMap(({ title, lines }) => [`  ${title}`, ...lines.map((line) => `    ${oneLine(line)}`)]),
  ]);

/** Each reason to skip, the tests that give it, and on which kernels. */
export function skips({ records }: Run): Map<string, Map<string, string[]>> {
  const reasons = new Map<string, Map<string, string[]>>();
  for (const { cell, tests } of records.filter((record) => !isCanary(record))) {
    for (const { file, name, why = '' } of tests.filter(({ state }) => state === 'skipped')) {
      const reason = oneLine(why) || 'without a reason';
      const test = oneLine(`${file}: ${name}`);
      const of = reasons.get(reason) ?? new Map<string, string[]>();
      reasons.set(reason, of.set(test, [...new Set([...(of.get(test) ?? []), cell.name])]));
    }
  }
  return reasons;
}

/** `green, 120 passed, 0 failed, 3 skipped`. */
export function summary(record: CellRecord): string {
  const { colour, reasons } = judge(record);
  const verdict = record.cell.canary && colour === 'green' ? 'red, as it must be' : colour;
  const figures = (['passed', 'failed', 'skipped'] as const).map((state) => `${count(record, state)} ${state}`);
  return oneLine([verdict, ...figures, ...(colour === 'green' ? [] : reasons)].join(', '));
}
