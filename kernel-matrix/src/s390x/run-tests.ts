/**
 * Runs the test files of the stage that it is in, one after the other, in this process: run-tests.js OUTPUT FILE...
 * with the files named by their paths in the checkout. Writes one JSON object a line to OUTPUT: a test that ended, or
 * what went wrong beside the tests.
 */
import fc from 'fast-check';
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { runTestFile } from '../guest/runner.ts';

const stage = join(import.meta.dirname, '../../..');
const [output, ...files] = process.argv.slice(2);
const out = openSync(output!, 'a');
const tell = (event: object): void => void writeSync(out, `${JSON.stringify(event)}\n`);

// The properties that do not set how often they are tried are scaled as the others scale themselves.
fc.configureGlobal({ numRuns: Math.max(1, Math.round(100 * Number(process.env['TEST_SCALE'] ?? 1))) });

process.on('unhandledRejection', (error) => tell({ event: 'trouble', why: `unhandled: ${String(error)}` }));

for (const file of files) {
  const begun = performance.now();
  const path = join(stage, file.replace(/\.ts$/, '.js'));
  const trouble = await runTestFile(path, file, (test) => {
    tell({ event: 'test', ...test });
  });
  if (trouble !== undefined) tell({ event: 'trouble', why: `${file}: ${trouble}` });
  process.stdout.write(`${file}: ${Math.round(performance.now() - begun)} ms\n`);
}
process.exit();
