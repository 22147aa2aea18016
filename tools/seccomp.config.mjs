import { defineConfig } from 'vitest/config';
import tests from '../vitest.config.ts';

// `make seccomp-profile`: the command's tests as they are, but that `process.execPath` is a stand-in, which traces.
export default defineConfig({
  ...tests,
  test: { ...tests.test, setupFiles: [`${import.meta.dirname}/seccomp-stand-in.mjs`], reporters: ['dot'], retry: 0 },
});
