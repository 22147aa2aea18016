import { command, scanwardBin } from '@scanward/testkit';
import fc from 'fast-check';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseArguments } from '../../src/flags/program.ts';
import { verbatim } from '../../src/reference/man/roff.ts';

const folder = mkdtempSync(join(tmpdir(), 'scanward-man-'));
let files: string[];

beforeAll(async () => {
  await command(process.execPath, [scanwardBin, 'man', '--to', join(folder, 'man8')]);
  files = readdirSync(join(folder, 'man8'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('all pages are set without a warning, and hold every flag of the help', async () => {
  expect(files).toContain('scanward-allow-add.8');
  await Promise.all(
    files.map(async (file) => {
      const { stdout, stderr } = await command('groff', [
        '-man',
        '-ww',
        '-Tascii',
        '-P-cbou',
        join(folder, 'man8', file),
      ]);
      expect([file, stderr]).toEqual([file, '']);
      const flags = flagsOf(wordsOf(file));
      expect(flags).toContain('--help');
      for (const flag of flags) expect(stdout).toMatch(new RegExp(`(?<![\\w-])${flag}(?![\\w-])`));
    }),
  );
});

/** The command of a page: only below `allow` there are others. */
function wordsOf(file: string): string[] {
  const name = /^scanward-?(.*)\.8$/.exec(file)![1]!;
  return name.startsWith('allow-') ? name.split('-') : [name].filter(Boolean);
}

/** Those that stand in a command's help. */
function flagsOf(words: readonly string[]): string[] {
  const request = parseArguments([...words, '--help'], '1.2.3');
  const help = request.command === 'print' ? request.text : '';
  return help.match(/(?<=^ {2,}(?:-\w, )?)--?[\w-]+/gm) ?? [];
}

test('man(1) takes them, and the pages are those of the build', async () => {
  const page = join(folder, 'man8', 'scanward-run.8');
  const { stdout, stderr } = await command('man', ['--warnings', '-l', page], { env: { MANWIDTH: '80', LC_ALL: 'C' } });
  expect([stderr, stdout]).toEqual(['', expect.stringContaining('--detect-scan-period')]);
  const built = new URL('../../dist/man/scanward-run.8', import.meta.url);
  expect(readFileSync(built, 'utf8')).toBe(readFileSync(page, 'utf8'));
});

test('any text comes out as it was', async () => {
  const printable = fc.string({ unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)) });
  const text = fc.oneof(
    printable.filter((line) => line !== ''),
    fc.constantFrom('.TH', "'br", '\\fB', '\\', '..', '--x-y', '"a"', '`a^~`', "\\'", '.\\"'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 100, maxLength: 200 }), async (lines) => {
      const input = ['.TH X 8', '.pl 10000', ...verbatim(lines)].join('\n');
      const { stdout, stderr } = await command('groff', ['-man', '-ww', '-Tascii', '-P-cbou'], { input });
      expect(stderr).toBe('');
      const set = stdout
        .split('\n')
        .filter((line) => line.startsWith('    '))
        .map((line) => line.trim());
      // The last is the footer.
      expect(set.slice(0, -1)).toEqual(lines);
    }),
    { numRuns: 10 },
  );
});
