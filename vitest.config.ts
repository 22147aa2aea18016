import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';

// One configuration for all packages; `--root .` makes it look at the package that it is started in.
// Tests read the TypeScript sources of their neighbours, never `dist`. SUITE=kernel runs the tests that
// need root and a real kernel, one file at a time, because they share the machine's kernel.
const kernel = process.env['SUITE'] === 'kernel';
const conditions = ['@scanward/source', 'module', 'node', 'import', 'default'];
const project = basename(process.cwd());

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [kernel ? '{src,test}/**/*.kernel.test.ts' : '{src,test}/**/*.test.ts'],
    exclude: kernel ? [] : ['**/*.kernel.test.ts'],
    passWithNoTests: kernel,
    fileParallelism: !kernel,
    testTimeout: kernel ? 120_000 : 30_000,
    hookTimeout: 60_000,
    reporters: [
      'default',
      ['json', { outputFile: `${import.meta.dirname}/test-results/${project}${kernel ? '-kernel' : ''}.json` }],
    ],
  },
});
