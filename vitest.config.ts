import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';

// One configuration for all packages; `--root .` makes it look at the package that it is started in.
// Tests read the TypeScript sources of their neighbours, never `dist`. SUITE=kernel runs the tests that
// need root and a real kernel, one file at a time, because they share the machine's kernel; SUITE=container those that
// need the image too (`make container-test`).
const suite = process.env['SUITE'];
const conditions = ['@scanward/source', 'module', 'node', 'import', 'default'];
const project = basename(process.cwd());

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [`{src,test}/**/*${suite ? `.${suite}` : ''}.test.ts`],
    exclude: suite ? [] : ['**/*.kernel.test.ts', '**/*.container.test.ts'],
    passWithNoTests: suite !== undefined,
    fileParallelism: suite === undefined,
    // One process reads the modules once for all of its files.
    isolate: suite === undefined,
    // Of `test.concurrent`: they wait more than they work.
    maxConcurrency: 4,
    testTimeout: suite ? 120_000 : 30_000,
    hookTimeout: 60_000,
    reporters: [
      'default',
      ['json', { outputFile: `${import.meta.dirname}/test-results/${project}${suite ? `-${suite}` : ''}.json` }],
    ],
  },
});
