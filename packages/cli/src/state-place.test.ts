import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ExitCode } from './exit-codes.ts';
import { openState, statePath } from './state-place.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scanward-state-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test.each([
  [undefined, 'default', '/var/lib/scanward/state.json'],
  [undefined, 'dmz', '/var/lib/scanward/state-dmz.json'],
  [undefined, undefined, undefined],
  ['/tmp/x.json', undefined, '/tmp/x.json'],
  ['/tmp/x.json', 'dmz', '/tmp/x.json'],
  [false, 'default', undefined],
  [false, undefined, undefined],
] as const)('state %s of instance %s: %s', (choice, instance, path) => {
  expect(statePath({ choice, instance })).toBe(path);
});

test('makes the folder of the file', () => {
  const path = join(folder, 'lib', 'state.json');
  expect(openState({ choice: path, instance: undefined })?.name).toBe(path);
  expect(statSync(join(folder, 'lib')).isDirectory()).toBe(true);
});

test('a file that was named and has no place is an error that says what to do', () => {
  writeFileSync(join(folder, 'lib'), '');
  const path = join(folder, 'lib', 'state.json');
  expect(() => openState({ choice: path, instance: 'default' })).toThrow(
    expect.objectContaining({
      exitCode: ExitCode.state,
      message: expect.stringMatching(
        /^preparing state file .*state\.json: .*: name another file, or say --no-state$/,
      ) as string,
    }),
  );
});
