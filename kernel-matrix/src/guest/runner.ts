/**
 * Runs test files in a guest, where vitest's own command takes a minute to start, and on s390x cannot: there is neither
 * its bundler nor a compiler of TypeScript.
 * The tests, `describe`, `test`, `expect` and `vi` are vitest's own, which are plain JavaScript, and so is the runner
 * below them; what is missing is what vitest puts between: reading TypeScript (the stage holds JavaScript) and workers.
 */
import { startTests, type File, type Test, type VitestRunner, type VitestRunnerConfig } from '@vitest/runner';
import { getSuites, getTests } from '@vitest/runner/utils';
import { pathToFileURL } from 'node:url';
import type { LeftOut } from '../left-out.ts';
import type { TestReport } from '../s390x/report.ts';

/** Whatever a test asks for: an emulated processor is 30 to 100 times slower, and the whole run has a limit. */
const PATIENCE_MS = 600_000;

const config = {
  root: process.cwd(),
  setupFiles: [],
  name: undefined,
  passWithNoTests: false,
  testNamePattern: undefined as RegExp | undefined,
  allowOnly: false,
  sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
  chaiConfig: undefined,
  maxConcurrency: 1,
  get testTimeout() {
    return PATIENCE_MS;
  },
  // vi.setConfig() comes here.
  set testTimeout(_ms: number) {},
  hookTimeout: PATIENCE_MS,
  retry: 0,
  includeTaskLocation: false,
  tags: [],
  tagsFilter: undefined,
  strictTags: false,
} satisfies VitestRunnerConfig;

/** What vitest's `expect` and `vi` look for, which in vitest is the state of a worker. */
const state = { config, filepath: '' };
Object.defineProperty(globalThis, '__vitest_worker__', { value: state });

/** Why a test skipped itself: its result has that, though not its type. */
const noteOf = (result: object | undefined): string | undefined => (result as { note?: string } | undefined)?.note;

/** What a test left for a table of the matrix. */
function rightsOf(test: Test): Pick<TestReport, 'rights'> {
  const { rights } = test.meta as Pick<TestReport, 'rights'>;
  return rights === undefined ? {} : { rights };
}

function reportOf(test: Test, file: string): TestReport {
  const { result } = test;
  const why = result?.errors?.map((error) => error.stack ?? error.message).join('\n') ?? noteOf(result);
  return {
    file,
    name: test.fullTestName,
    state: result?.state === 'pass' ? 'passed' : result?.state === 'fail' ? 'failed' : 'skipped',
    ms: Math.round(result?.duration ?? 0),
    ...(why === undefined ? {} : { why }),
    ...rightsOf(test),
  };
}

/** Why a file failed beside its tests: it could not be read, it has no test, a hook failed. */
function troubleOf(file: File): string | undefined {
  const errors = file.result?.errors?.map((error) => error.stack ?? error.message) ?? [];
  if (errors.length > 0) return errors.join('\n');
  if (getTests(file).length === 0) return 'it has no test';
  const failed = file.result?.state === 'fail' && !getTests(file).some((test) => test.result?.state === 'fail');
  const inSuites = getSuites(file).flatMap(
    (suite) => suite.result?.errors?.map((error) => error.stack ?? error.message) ?? [],
  );
  return failed ? ['a hook failed', ...inSuites].join('\n') : undefined;
}

/** Full names that match nowhere. `^` in it is the beginning of the name. */
const allBut = (names: string): RegExp => new RegExp(`^(?!.*(?:${names}))`);

/** Runs one file; tells each test as it ends, and what went wrong beside the tests. */
export async function runTestFile(
  path: string,
  file: string,
  tell: (test: TestReport) => void,
  except?: LeftOut,
): Promise<string | undefined> {
  state.filepath = path;
  config.testNamePattern = except?.names === undefined ? undefined : allBut(except.names);
  const runner: VitestRunner = {
    config,
    importFile: (filepath) => import(pathToFileURL(filepath).href),
    onAfterRunTask: (test) => tell(reportOf(test, file)),
  };
  const [ran] = await startTests([path], runner);
  for (const test of getTests(ran!))
    if (test.mode === 'skip' || test.mode === 'todo')
      tell({ ...(except === undefined ? {} : { why: except.why }), ...reportOf(test, file) });
  return troubleOf(ran!);
}
