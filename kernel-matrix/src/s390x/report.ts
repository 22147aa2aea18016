import type { Right } from '../types.ts';

/** What is told while test files run. */
export type Told = ({ readonly event: 'test' } & TestReport) | { readonly event: 'trouble'; readonly why: string };

/** What became of a test. */
export interface TestReport {
  /** From the root of the checkout. */
  readonly file: string;
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly ms: number;
  readonly why?: string;
  /** Rights that it tried. */
  readonly rights?: readonly Right[];
}

/** As much of vitest's JSON report as `tools/tally.mjs` reads. A file without a test failed, and so did what failed beside tests. */
export function vitestReport(told: readonly Told[], files: readonly string[]) {
  const tests = told.filter((each) => each.event === 'test');
  const count = (state: TestReport['state']) => tests.filter((test) => test.state === state).length;
  const results = files.map((name) => {
    const own = tests.filter((test) => test.file === name);
    return {
      name,
      status: own.length === 0 || own.some((test) => test.state === 'failed') ? 'failed' : 'passed',
      message: own.length === 0 ? 'it ran no test' : '',
      assertionResults: own.map(({ name: fullName, state, why }) => ({
        fullName,
        status: state,
        failureMessages: state === 'failed' && why !== undefined ? [why] : [],
      })),
    };
  });
  const troubles = told
    .filter((each) => each.event === 'trouble')
    .map(({ why }) => ({ name: 'big endian', status: 'failed', message: why, assertionResults: [] }));
  const testResults = [...results, ...troubles];
  return {
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    success: count('passed') > 0 && testResults.every(({ status }) => status === 'passed'),
    testResults,
  };
}
