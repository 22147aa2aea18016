/** In a guest of s390x: tells what it is, runs the kernel tests that it can, and says that it is over. */
import { execa } from 'execa';
import { closeSync, openSync } from 'node:fs';
import { inCheckout } from '../checkout.ts';
import { machine } from '../guest/machine.ts';
import { tell } from '../guest/tell.ts';
import { runTestFile } from '../guest/runner.ts';
import { exceptOf, leftOut } from '../left-out.ts';
import { KERNEL_TESTS } from './kernel-tests.ts';
import type { TestReport } from './report.ts';

const fd = openSync(process.env['MATRIX_RESULT']!, 'w');
const filter = process.env['MATRIX_TESTS'] ?? '';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

// Children are started as the tests' own process is: without machine code, see root.ts.
process.execPath = '/usr/local/bin/node';
process.on('unhandledRejection', (error) => tell(fd, { event: 'trouble', why: `unhandled: ${String(error)}` }));

await execa('ip', ['link', 'set', 'lo', 'up']);
tell(fd, machine());
for (const file of KERNEL_TESTS.filter((each) => each.includes(filter))) {
  const begun = performance.now();
  const told = (test: TestReport): void => {
    tell(fd, { event: 'test', ...test });
    say(`${test.state} ${file}: ${test.name} (${test.ms} ms)${test.why === undefined ? '' : `\n${test.why}`}`);
  };
  const trouble = await runTestFile(inCheckout(file.replace(/\.ts$/, '.js')), file, told, exceptOf('s390x', file));
  say(`${file}: ${Math.round(performance.now() - begun)} ms`);
  if (trouble !== undefined) tell(fd, { event: 'trouble', why: `${file}: ${trouble}` });
}
for (const { file, names, why } of leftOut('s390x').filter((each) => each.file.includes(filter)))
  if (names === undefined) tell(fd, { event: 'test', file, name: 'all of it', state: 'skipped', ms: 0, why });
tell(fd, { event: 'end' });
closeSync(fd);
process.exit();
