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
const tally = async (...names: string[]): Promise<[string | undefined, number | undefined]> => {
  const { stdout, exitCode } = await command(process.execPath, [repositoryFile('tools/tally.mjs'), folder, ...names], {
    tolerant: true,
  });
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
