import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Linter {
  lintFiles(paths: readonly string[], recursive: boolean): { messages: { rule: string; message: string }[] }[];
}

// The types that come with it are for bundlers: they name no file endings.
const { DCLinter } = createRequire(import.meta.url)('dclint') as { DCLinter: new (config: object) => Linter };

/** Matters of taste of the linter: our services stand in the order in which they are told. */
const TASTE = [
  'service-keys-order',
  'services-alphabetical-order',
  'service-dependencies-alphabetical-order',
  'top-level-properties-order',
  // The image is built here, under the name that it then has.
  'no-build-and-image',
  'service-image-require-explicit-tag',
];

/** What a compose file has that the compose specification's schema does not, and what the linter warns of. */
export function composeProblems(text: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'scanward-compose-'));
  const file = join(folder, 'compose.yaml');
  try {
    writeFileSync(file, text);
    const rules = Object.fromEntries(TASTE.map((name) => [name, 0]));
    const results = new DCLinter({ rules, quiet: true, debug: false, exclude: [] }).lintFiles([file], false);
    if (results.length !== 1) return ['it was not read'];
    return results.flatMap(({ messages }) => messages.map(({ rule, message }) => `${rule}: ${message}`));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
