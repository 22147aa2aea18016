import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'scanward-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('all that is missing is made, for this user alone; what is there is left', () => {
  makeFolder(join(folder, 'a/b/c'));
  for (const path of ['a', 'a/b', 'a/b/c']) expect(statSync(join(folder, path)).mode & 0o777).toBe(0o700);
  makeFolder(join(folder, 'a/b/c'));
});

test('where there can be no folder it says so, and comes back', () => {
  expect(() => makeFolder('/proc/nope')).toThrow('ENOENT');
  expect(() => makeFolder('/proc/nope/deeper')).toThrow('ENOENT');
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolder(join(folder, 'file/below'))).toThrow('ENOTDIR');
});
