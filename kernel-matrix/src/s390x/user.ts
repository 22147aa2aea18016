/**
 * The unit tests of what depends on the order of bytes, run by s390x's Node, whose instructions are emulated one by one:
 * no kernel of that kind, and so no machine, is needed. Writes a report like vitest's to test-results/big-endian.json.
 */
import { execa } from 'execa';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inCheckout } from '../checkout.ts';
import { buildAddon } from './addon.ts';
import { LEFT_OUT } from './left-out.ts';
import { vitestReport, type Told } from './report.ts';
import { s390xNode } from './node.ts';
import { makeStage } from '../stage.ts';

const PACKAGES = ['map-codec', 'bpf-object'];
const LIMIT_MS = 8 * 60_000;
/** How much of the runs of each property: this processor is about thirty times slower. */
const SCALE = '0.03';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function testFiles(): string[] {
  const sources = PACKAGES.map((name) => `packages/${name}/src`);
  const all = sources.flatMap((folder) =>
    readdirSync(inCheckout(folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  );
  return all
    .filter((file) => file.endsWith('.test.ts') && !file.endsWith('.kernel.test.ts') && !(file in LEFT_OUT))
    .sort();
}

async function run(
  files: readonly string[],
  output: string,
  [emulator, ...node]: readonly [string, ...string[]],
  stage: string,
): Promise<string | undefined> {
  const script = join(stage, 'kernel-matrix/src/s390x/run-tests.js');
  const { exitCode, stderr, shortMessage } = await execa(
    emulator,
    [...node, '--no-opt', '--conditions=@scanward/source', script, output, ...files],
    { timeout: LIMIT_MS, reject: false, env: { TEST_SCALE: SCALE }, stdout: 'ignore', stdin: 'ignore' },
  );
  return exitCode === 0 ? undefined : `s390x's Node: ${shortMessage}\n${stderr.slice(-2_000)}`;
}

const folder = await mkdtemp(join(tmpdir(), 'scanward-big-endian-'));
try {
  const signal = new AbortController().signal;
  const node = await s390xNode({ progress: (line) => say(line), signal });
  const stage = await makeStage('s390x', await buildAddon(inCheckout('')));
  const files = testFiles();
  const jobs = Array.from({ length: availableParallelism() }, (_, job) =>
    files.filter((_file, index) => index % availableParallelism() === job),
  );
  const told = await Promise.all(
    jobs.map(async (some, job): Promise<Told[]> => {
      const output = join(folder, String(job));
      await writeFile(output, '');
      const why = await run(some, output, node, stage);
      const lines = readFileSync(output, 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      const events = lines.map((line) => JSON.parse(line) as Told);
      return why === undefined ? events : [...events, { event: 'trouble', why }];
    }),
  );
  const report = vitestReport(told.flat(), files);
  await mkdir(inCheckout('test-results'), { recursive: true });
  await writeFile(inCheckout('test-results/big-endian.json'), JSON.stringify(report));
  say(`${files.length} files under s390x's Node, emulated`);
  say(`${report.numPassedTests} passed, ${report.numFailedTests} failed`);
  process.exitCode = report.success ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
