import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ExitCode } from '../exit-codes.ts';
import { EXIT_MEANINGS } from './exit-meanings.ts';

test('the manual and the README say the same of each exit code, and of all', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, section = ''] = readme.split('\n## Exit codes\n');
  const rows = section.split('\n').flatMap((line) => {
    const [, codes = '', meaning = ''] = /^\| ([\d, ]+?) +\| (.*?) *\|$/.exec(line) ?? [];
    return codes === '' ? [] : codes.split(', ').map((code) => [Number(code), meaning.replaceAll('`', '')] as const);
  });
  const meanings = Object.entries(ExitCode).map(
    ([name, code]) => [code, EXIT_MEANINGS[name as keyof typeof ExitCode]] as const,
  );
  expect(rows).toEqual(meanings);
});
