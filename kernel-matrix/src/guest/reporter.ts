import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';
import { inCheckout } from '../checkout.ts';
import { tell } from './tell.ts';

const LINES = 6;

/** The first lines of what went wrong. */
function why(errors: readonly { readonly message?: string; readonly stack?: string }[]): string {
  const lines = errors.flatMap(({ message = '', stack = '' }) => [
    ...message.split('\n').slice(0, LINES),
    ...stack.split('\n').filter((line) => line.includes(inCheckout('')) && !line.includes('node_modules')),
  ]);
  return lines
    .filter((line) => line.trim() !== '')
    .slice(0, LINES)
    .join('\n');
}

const fileOf = ({ moduleId }: TestModule): string => relative(inCheckout(''), moduleId);

/** Tells the host what becomes of each test, and prints a line of it for the log. */
export class EventReporter implements Reporter {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  #test(file: string, name: string, state: 'passed' | 'failed' | 'skipped', ms: number, reason?: string): void {
    process.stdout.write(
      `${state} ${file}: ${name} (${Math.round(ms)} ms)${reason ? `\n    ${reason.replaceAll('\n', '\n    ')}` : ''}\n`,
    );
    tell(this.#fd, { event: 'test', file, name, state, ms, ...(reason === undefined ? {} : { why: reason }) });
  }

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    const ms = test.diagnostic()?.duration ?? 0;
    const reason =
      result.state === 'failed' ? why(result.errors) : result.state === 'skipped' ? result.note : undefined;
    if (result.state !== 'pending') this.#test(fileOf(test.module), test.fullName, result.state, ms, reason);
  }

  /** What fails around the tests, as in `beforeAll`, leaves them unrun. */
  onTestSuiteResult(suite: TestSuite): void {
    const errors = suite.errors();
    if (errors.length > 0)
      this.#test(fileOf(suite.module), `${suite.fullName} (around its tests)`, 'failed', 0, why(errors));
  }

  onTestModuleEnd(module: TestModule): void {
    const errors = module.errors();
    if (errors.length > 0) this.#test(fileOf(module), '(the file itself)', 'failed', 0, why(errors));
  }

  onTestRunEnd(_modules: readonly TestModule[], unhandled: readonly { readonly message?: string }[]): void {
    for (const error of unhandled) tell(this.#fd, { event: 'trouble', why: `outside the tests: ${why([error])}` });
  }
}
