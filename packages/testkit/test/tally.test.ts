import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { command } from '../src/command.ts';
import { repositoryFile } from '../src/files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scanward-tally-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const good = { numPassedTests: 3, numFailedTests: 0, success: true, testResults: [] };
const put = (name: string, report: unknown): void =>
  writeFileSync(join(folder, `${name}.json`), typeof report === 'string' ? report : JSON.stringify(report));
const run = (...names: string[]) =>
  command(process.execPath, [repositoryFile('tools/tally.mjs'), folder, ...names], { tolerant: true });
const tally = async (...names: string[]): Promise<[string | undefined, number | undefined]> => {
  const { stdout, exitCode } = await run(...names);
  return [stdout.split('\n').at(-1), exitCode];
};

test('sums up what passed', async () => {
  put('a', good);
  put('b', good);
  expect(await tally('a', 'b')).toEqual(['6 passed, 0 failed', 0]);
});

test('a failing test', async () => {
  put('a', { ...good, numFailedTests: 2, success: false });
  expect(await tally('a')).toEqual(['3 passed, 2 failed', 1]);
});

test('a failing test is told with the first lines of why, without the frames of the runner', async () => {
  const failureMessages = [
    `Error: no such line\n\n${'x'.repeat(400)}\n    at wait (${folder}/lines.ts:7:1)\n    at new Promise (<anonymous>)\n` +
      `    at run (file:///node_modules/@vitest/runner/dist/index.js:1:1)\n    at ${folder}/a.test.ts:3:1\n    at last.ts:1:1`,
    'Error: STACK_TRACE_ERROR\n    at a.test.ts:9:1',
  ];
  const assertionResults = [
    { status: 'passed', fullName: 'good', failureMessages: [] },
    { status: 'failed', fullName: 'bad', failureMessages },
  ];
  const file = { name: join(process.cwd(), 'a.test.ts'), status: 'failed', assertionResults };
  put('a', { ...good, numFailedTests: 1, success: false, testResults: [file] });
  expect((await run('a')).stdout.split('\n')).toEqual([
    'failed: a.test.ts: bad',
    '    Error: no such line',
    `    ${'x'.repeat(300)}…`,
    `        at wait (${folder}/lines.ts:7:1)`,
    `        at ${folder}/a.test.ts:3:1`,
    '    Error: its time limit was exceeded',
    '        at a.test.ts:9:1',
    '3 passed, 1 failed',
  ]);
});

test('a suite that crashed before it wrote its report, or while writing it', async () => {
  put('a', good);
  put('b', '{"numPassed');
  expect(await tally('a', 'b', 'c')).toEqual(['3 passed, 2 failed', 1]);
});

test('a file that cannot even be loaded', async () => {
  put('a', {
    ...good,
    success: false,
    testResults: [{ name: 'x', status: 'failed', message: 'no such module', assertionResults: [] }],
  });
  expect(await tally('a')).toEqual(['3 passed, 1 failed', 1]);
});

test('a run that failed though no test did', async () => {
  put('a', { ...good, success: false });
  expect(await tally('a')).toEqual(['3 passed, 1 failed', 1]);
});

test('no test at all', async () => {
  put('a', { ...good, numPassedTests: 0 });
  expect(await tally('a')).toEqual(['0 passed, 1 failed', 1]);
  expect(await tally()).toEqual(['0 passed, 1 failed', 1]);
});
