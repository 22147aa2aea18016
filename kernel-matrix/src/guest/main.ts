import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { inCheckout, stageOf } from '../checkout.ts';
import { isNamed, whyNot } from '../left-out.ts';
import { broken } from './canary.ts';
import { machine } from './machine.ts';
import { tell } from './tell.ts';

/** Code that V8 optimises costs an emulated processor more than it saves: without it the tests take a sixth less time. */
const V8 = process.env['MATRIX_PACE'] === 'emulated' ? ['--no-opt'] : [];

const { MATRIX_RESULT: result, MATRIX_TESTS: tests = '', MATRIX_CANARY: canary, MATRIX_PACE: pace } = process.env;
if (result === undefined || result === '') throw new Error('MATRIX_RESULT must name where the results go');
const fd = openSync(result, 'w');

/** What is on the machine besides the tests, as tools/leaks.mjs sees it. */
const leaks = (args: readonly string[], input = '') =>
  spawnSync(process.execPath, [inCheckout('tools/leaks.mjs'), ...args], { input, encoding: 'utf8' });

/** The files of the kernel tests, by their paths in the checkout. */
const kernelTests = (): string[] =>
  ['bpf', 'packages']
    .flatMap((part) =>
      readdirSync(join(stageOf('x86-64'), part), { recursive: true, encoding: 'utf8' }).map((path) => join(part, path)),
    )
    .filter((path) => path.endsWith('.kernel.test.js'))
    .map((path) => path.replace(/\.js$/, '.ts'))
    .sort();

async function runTests(): Promise<void> {
  using fault = broken(canary);
  const chosen = kernelTests().filter((file) => file.includes(tests));
  const stage = stageOf('x86-64');
  const run = ['--conditions=@scanward/source', join(stage, 'kernel-matrix/src/guest/run-tests.js'), '3'];
  const why = (file: string): string | undefined => (isNamed(file, tests) ? undefined : whyNot('x86-64', file));
  const files = chosen.filter((file) => why(file) === undefined);
  const [file, ...args] = [...fault.launcher, process.execPath, ...V8, ...run, ...files];
  const child = spawn(file!, args, {
    cwd: stage,
    stdio: ['ignore', 'inherit', 'inherit', fd],
    env: {
      ...process.env,
      SUITE: 'kernel',
      // This process is in a network namespace of its own already.
      SCANWARD_INSIDE: 'matrix',
      MATRIX_CPUS: String(availableParallelism()),
      ...fault.env,
    },
  });
  const [exitCode, signal] = (await once(child, 'exit')) as [number | null, string | null];
  for (const each of chosen) {
    const reason = why(each);
    if (reason !== undefined)
      tell(fd, { event: 'test', file: each, name: 'all of it', state: 'skipped', ms: 0, why: reason });
  }
  if (exitCode !== 0) {
    tell(fd, { event: 'trouble', why: `the test runner ended with ${signal ?? `code ${exitCode}`}` });
  }
}

execFileSync('ip', ['link', 'set', 'lo', 'up']);
tell(fd, machine());
if (canary === 'hang') await new Promise(() => setInterval(() => undefined, 1_000));
const { stdout: before } = leaks(['snapshot']);
await runTests();
if (canary === undefined && tests === '') {
  // Read only now: an emulated processor takes some seconds for it.
  const { ratios } = await import('./ratios.ts');
  for (const ratio of ratios(pace === 'emulated')) tell(fd, ratio);
}
const { status, stdout: left } = leaks(['compare', '-'], before);
if (status !== 0)
  tell(fd, { event: 'trouble', why: `left over after the tests: ${left.trim().replaceAll('\n', ', ')}` });
tell(fd, { event: 'end' });
closeSync(fd);
