// The README's example, run as its reader would: with the packed package, in an empty folder, on what bpftool printed.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'map-codec-package-'));
const installed = join(folder, 'node_modules', '@scanward', 'map-codec');

const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** The first code block of that language. */
function block(language: string): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const found = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(readme);
  if (found === null) throw new Error(`README.md has no ${language} block`);
  return found[1]!;
}

beforeAll(() => {
  run('npx', ['--no-install', 'tsc', '-b', 'tsconfig.build.json'], root);
  run('npm', ['pack', '--ignore-scripts', '--offline', '--pack-destination', folder], root);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  mkdirSync(installed, { recursive: true });
  run('tar', ['-xzf', join(folder, tarball!), '--strip-components=1', '-C', installed], folder);
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true }));

test("the README's example prints what the README says", () => {
  for (const map of ['blocked_lines', 'blocked', 'blocked_nets', 'counters']) {
    cpSync(join(root, 'test', 'sample', `${map}.dump`), join(folder, `${map}.json`));
  }
  writeFileSync(join(folder, 'blocked.mjs'), block('js'));
  expect(run(process.execPath, ['blocked.mjs'], folder)).toBe(block('text'));
});

test('the package holds its code and types, no tests and no dependencies', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
  expect(files).toEqual(expect.arrayContaining(['package.json', 'README.md', 'dist/index.js', 'dist/index.d.ts']));
  expect(files.filter((name) => /test|tsbuildinfo|^src/.test(name))).toEqual([]);
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
  expect(manifest['dependencies']).toBeUndefined();
});

test('a cursor makes no garbage, as the same measurement of decode shows', () => {
  cpSync(join(root, 'test', 'garbage.mjs'), join(folder, 'garbage.mjs'));
  const printed = run(process.execPath, ['--min-semi-space-size=64', 'garbage.mjs'], folder);
  const bytesPerEvent = JSON.parse(printed) as { cursor: number; decode: number };
  // A single boxed number an event would be 16.
  expect(bytesPerEvent.cursor).toBeLessThan(1);
  expect(bytesPerEvent.decode).toBeGreaterThan(100);
});
