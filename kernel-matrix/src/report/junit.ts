import { elapsedMs, type CellRecord, type Test } from '../record.ts';
import { isCanary, problems, type Run } from '../run.ts';
import { judge } from '../verdict.ts';

/** Text for XML 1.0, which has no way at all to write most control characters. */
const xml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);

/** One test: what became of it is nothing (it passed), `skipped`, `failure` or `error`. */
interface Case {
  readonly file: string;
  readonly name: string;
  readonly ms: number;
  readonly became?: 'skipped' | 'failure' | 'error';
  readonly why?: string;
}

const states = { passed: {}, skipped: { became: 'skipped' }, failed: { became: 'failure' } } as const;

const caseOf = ({ file, name, ms, state, why }: Test): Case => ({
  file,
  name,
  ms,
  ...states[state],
  ...(why === undefined ? {} : { why }),
});

const errorOf = (file: string, why: string): Case => ({ file, name: why.split('\n')[0]!, ms: 0, became: 'error', why });

/** A cell's tests, and what is wrong outside of them; of a canary only whether it was as it must be. */
function casesOf(record: CellRecord): Case[] {
  const { colour, outside } = judge(record);
  const why = [...outside, ...(record.outcome?.tail ?? [])].join('\n');
  if (isCanary(record)) {
    const name = 'is red for the right reason';
    return [
      {
        file: record.cell.name,
        name,
        ms: elapsedMs(record, 0),
        ...(colour === 'green' ? {} : { became: 'failure', why }),
      },
    ];
  }
  if (colour === 'missing') return [{ file: record.cell.name, name: 'is to be had', ms: 0, became: 'skipped', why }];
  return [...record.tests.map(caseOf), ...outside.map((reason) => errorOf(record.cell.name, reason))];
}

function caseXml({ file, name, ms, became, why = '' }: Case): string {
  const open = `    <testcase classname="${xml(file)}" name="${xml(name)}" time="${(ms / 1000).toFixed(3)}"`;
  if (became === undefined) return `${open}/>`;
  return `${open}><${became} message="${xml(why.split('\n')[0]!)}">${xml(why)}</${became}></testcase>`;
}

function suiteXml(name: string, ms: number, cases: readonly Case[]): string[] {
  const count = (kind: Case['became']): number => cases.filter(({ became }) => became === kind).length;
  const counts = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
  return [
    `  <testsuite name="${xml(name)}" ${counts} time="${(ms / 1000).toFixed(3)}">`,
    ...cases.map(caseXml),
    '  </testsuite>',
  ];
}

/** JUnit's XML: a test suite for each cell, and one for what is wrong with the run as a whole. */
export function junit(run: Run): string {
  const wrong = problems(run).map((why) => errorOf('matrix', why));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="kernel-matrix">',
    ...run.records.flatMap((record) => suiteXml(record.cell.name, elapsedMs(record, 0), casesOf(record))),
    ...(wrong.length > 0 ? suiteXml('matrix', 0, wrong) : []),
    '</testsuites>',
    '',
  ].join('\n');
}
