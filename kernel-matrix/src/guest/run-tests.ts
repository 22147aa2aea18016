/**
 * Runs the kernel tests of the stage that it is in, one file after the other, in this process: run-tests.js FD FILE...
 * with the files named by their paths in the checkout. Tells each test to the descriptor.
 */
import { inCheckout } from '../checkout.ts';
import { exceptOf } from '../left-out.ts';
import { runTestFile } from './runner.ts';
import type { TestReport } from '../s390x/report.ts';
import { tell } from './tell.ts';

const LINES = 6;
const [to, ...files] = process.argv.slice(2);
const fd = Number(to);

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const trouble = (why: string): void => {
  say(why);
  tell(fd, { event: 'trouble', why });
};
process.on('unhandledRejection', (error) => trouble(`outside the tests: ${String(error)}`));
process.on('uncaughtException', (error) => trouble(`outside the tests: ${String(error)}`));

/** The first lines, none of the test runner's. */
const brief = (why: string): string =>
  why
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes('node_modules'))
    .slice(0, LINES)
    .join('\n');

for (const file of files) {
  const told = ({ rights = [], ...test }: TestReport): void => {
    const why = test.why === undefined ? {} : { why: brief(test.why) };
    say(`${test.state} ${file}: ${test.name} (${test.ms} ms)${'why' in why ? `\n${why.why}` : ''}`);
    tell(fd, { event: 'test', ...test, ...why });
    for (const right of rights) tell(fd, { event: 'right', ...right });
  };
  const path = inCheckout(file.replace(/\.ts$/, '.js'));
  const wrong = await runTestFile(path, file, told, exceptOf('x86-64', file));
  if (wrong !== undefined) trouble(`${file}: ${brief(wrong)}`);
}
process.exit();
