import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { death, guestEvent } from '../../test/arbitrary.ts';
import { plan, recordOf } from '../../test/fake.ts';
import { run } from '../../test/run.ts';
import type { Run } from '../run.ts';
import { junit } from './junit.ts';

/** What a parser that is not ours finds: of each suite its name, its counts and its cases. */
const PARSER = `
import json, sys, xml.etree.ElementTree as tree
def read(text):
  return [{**suite.attrib, 'cases': [{**case.attrib, 'became': [part.tag for part in case], 'text': [part.text for part in case]}
    for case in suite]} for suite in tree.fromstring(text.encode())]
print(json.dumps([read(text) for text in json.load(sys.stdin)]))`;

interface Suite {
  readonly name: string;
  readonly tests: string;
  readonly failures: string;
  readonly errors: string;
  readonly cases: readonly { classname: string; name: string; became: string[]; text: (string | null)[] }[];
}

const parse = (texts: readonly string[]): Suite[][] =>
  JSON.parse(execFileSync('python3', ['-c', PARSER], { input: JSON.stringify(texts), encoding: 'utf8' })) as Suite[][];

it('has a suite for each cell, and one for what is wrong with the whole', () => {
  const [suites] = parse([junit(run)]);
  const counts = suites!.map(({ name, tests, failures, errors }) => [name, tests, failures, errors].join(' '));
  expect(counts).toEqual([
    'own 2 0 0',
    '5.10 5 2 1',
    '7.x 2 0 1',
    '6.12 s390x 1 0 0',
    'canary program 1 0 0',
    'canary mute 1 1 0',
    'matrix 1 0 1',
  ]);
  expect(suites![1]!.cases[2]).toMatchObject({ name: 'a|b <c>', became: ['failure'] });
  expect(suites![1]!.cases[2]!.text).toEqual(['\uFFFD[31mexpected 1\nto be 2\n\n  at x.ts:3']);
});

it('is XML whatever a guest writes, and its text comes back', () => {
  const cells = fc.record({
    events: fc.array(guestEvent, { maxLength: 6 }),
    death,
    tail: fc.array(fc.string({ unit: 'binary' })),
  });
  const runs = fc.array(cells, { maxLength: 3 }).map((all): Run => ({
    ...run,
    records: all.map(({ events, death, tail }) => recordOf(plan('6.x'), events, { death, tail })),
  }));
  // One start of Python for all of them.
  const sample = fc.sample(runs, 300);
  const parsed = parse(sample.map(junit));
  const names = (of: Run): string[] => of.records.flatMap(({ tests }) => tests.map(({ name }) => name));
  const legal = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
  for (const [index, of] of sample.entries()) {
    const found = parsed[index]!.flatMap(({ cases }) => cases.map(({ name }) => name));
    expect(found).toEqual(expect.arrayContaining(names(of).filter((name) => legal.test(name))));
  }
});
