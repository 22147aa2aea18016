import { defineConfig } from 'vitest/config';
import tests from '../vitest.config.ts';

// `make fuzz`: one file that no test run takes, and nothing around what it prints.
export default defineConfig({
  resolve: tests.resolve,
  ssr: tests.ssr,
  test: { include: ['test/long.fuzz.ts'], reporters: ['dot'], hookTimeout: 60_000 },
});
