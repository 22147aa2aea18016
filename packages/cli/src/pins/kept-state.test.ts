import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDirectory } from '@scanward/loader-native';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ExitCode } from '../exit-codes.ts';
import { keptState } from './kept-state.ts';

const name = 'default';
const notPinned = { place: undefined, folder: undefined };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scanward-state-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('makes the folder of the file that was named; without one, and without pins, there is none', () => {
  const path = join(folder, 'lib', 'state.json');
  expect(keptState({ state: path, name }, notPinned)?.name).toBe(path);
  expect(statSync(join(folder, 'lib')).isDirectory()).toBe(true);
  expect(keptState({ state: undefined, name }, notPinned)).toBeUndefined();
  expect(keptState({ state: false, name }, notPinned)).toBeUndefined();
});

test('a file that was named and has no place is an error that says what to do', () => {
  writeFileSync(join(folder, 'lib'), '');
  const path = join(folder, 'lib', 'state.json');
  expect(() => keptState({ state: path, name }, notPinned)).toThrow(
    expect.objectContaining({
      exitCode: ExitCode.state,
      message: expect.stringMatching(
        /^preparing the state file .*: .*: name another file, or say --no-state$/,
      ) as string,
    }),
  );
});

test('is put in place only when no command changes the instance', async () => {
  const path = join(folder, 'state.json');
  const file = keptState({ state: path, name }, { ...notPinned, folder })!;
  const lock = lockDirectory(folder)!;
  const written = file.write(['a\n']);
  while (!existsSync(`${path}.tmp-${process.pid}`)) await new Promise(setImmediate);
  for (let i = 0; i < 100; i++) await new Promise(setImmediate);
  expect(existsSync(path)).toBe(false);
  lock.close();
  await written;
  expect(readFileSync(path, 'utf8')).toBe('a\n');
});
