import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command } from '../src/command.ts';
import { repositoryFile } from '../src/files.ts';

/**
 * The canary of the module boundaries: plants violations in a copy of the repository and expects the real
 * `nx lint` to name them. (Plain eslint without nx's project graph skips the rule and exits 0.)
 */
let copy: string;

/** The repository's own files, and its node_modules by links. */
async function copyRepository(): Promise<string> {
  const from = repositoryFile('');
  const to = mkdtempSync(join(tmpdir(), 'scanward-boundaries-'));
  const { stdout } = await command('git', ['-C', from, 'ls-files', '--cached', '--others', '--exclude-standard', '-z']);
  for (const file of stdout.split('\0').filter(Boolean))
    cpSync(join(from, file), join(to, file), { force: true, recursive: true });
  mkdirSync(join(to, 'node_modules/@scanward'), { recursive: true });
  for (const name of readdirSync(join(from, 'node_modules'))) {
    if (!['@scanward', '.cache', 'scanward'].includes(name))
      symlinkSync(join(from, 'node_modules', name), join(to, 'node_modules', name));
  }
  for (const name of readdirSync(join(to, 'packages'))) {
    const link = name === 'cli' ? 'scanward' : `@scanward/${name}`;
    symlinkSync(join(to, 'packages', name), join(to, 'node_modules', link));
  }
  return to;
}

const plant = async (path: string, text: string): Promise<{ output: string; exitCode: number | undefined }> => {
  const file = join(copy, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  try {
    const project = path.split('/')[1]!;
    const options = { cwd: copy, timeoutMs: 100_000, tolerant: true, env: { NX_DAEMON: 'false', FORCE_COLOR: '0' } };
    const nx = join(copy, 'node_modules/nx/dist/bin/nx.js');
    const { stdout, stderr, exitCode } = await command(
      process.execPath,
      [nx, 'lint', project, '--skip-nx-cache'],
      options,
    );
    return { output: stdout + stderr, exitCode };
  } finally {
    rmSync(file);
  }
};

beforeAll(async () => {
  copy = await copyRepository();
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test('a package that imports against the arrows', { timeout: 120_000 }, async () => {
  const { output, exitCode } = await plant(
    'packages/daemon/src/canary.ts',
    "import * as loader from '@scanward/loader-native';\nexport const canary = loader;\n",
  );
  expect(output).toContain('@nx/enforce-module-boundaries');
  expect(exitCode).not.toBe(0);
});

test('a pure package that imports another, or a built-in of Node', { timeout: 120_000 }, async () => {
  const { output, exitCode } = await plant(
    'packages/detector/src/canary.ts',
    "import * as loader from '@scanward/loader-native';\nimport * as fs from 'node:fs';\nexport const canary = [loader, fs];\n",
  );
  expect(output).toContain('@nx/enforce-module-boundaries');
  expect(output).toContain("'node:fs' import is restricted");
  expect(exitCode).not.toBe(0);
});

test('nothing planted, nothing found', { timeout: 120_000 }, async () => {
  const { output, exitCode } = await plant('packages/detector/src/canary.ts', 'export const canary = 1;\n');
  expect(output).not.toContain('canary');
  expect(exitCode).toBe(0);
});
