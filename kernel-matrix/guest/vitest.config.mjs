// All kernel tests of all packages in one run and one process, which emulation makes dear to start.
import { fileURLToPath } from 'node:url';
import { EventReporter } from '../dist/guest/reporter.js';

const emulated = process.env.MATRIX_PACE === 'emulated';
const conditions = ['@scanward/source', 'module', 'node', 'import', 'default'];

export default {
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  cacheDir: '/tmp/scanward-vite',
  test: {
    include: ['{bpf,packages/*}/{src,test}/**/*.kernel.test.ts'],
    exclude: ['**/node_modules/**', ...JSON.parse(process.env.MATRIX_EXCLUDE ?? '[]')],
    isolate: false,
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: emulated ? 600_000 : 120_000,
    hookTimeout: emulated ? 600_000 : 60_000,
    reporters: [new EventReporter(Number(process.env.MATRIX_RESULT_FD))],
  },
};
