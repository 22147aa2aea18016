/** In a guest of s390x: tells what it is, runs the kernel tests that it can, and says that it is over. */
import { features } from '@scanward/loader-native';
import { availableParallelism, endianness } from 'node:os';
import { existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { GuestEvent } from '../types.ts';
import { runTestFile } from '../guest/runner.ts';
import { KERNEL_TESTS } from './kernel-tests.ts';

const stage = join(import.meta.dirname, '../../..');
const out = openSync(process.env['MATRIX_RESULT']!, 'a');
const tell = (event: GuestEvent): void => void writeSync(out, `${JSON.stringify(event)}\n`);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

// Children are started as the tests' own process is: with V8's compilers off, see root.ts.
process.execPath = '/usr/local/bin/node';
process.on('unhandledRejection', (error) => tell({ event: 'trouble', why: `unhandled: ${String(error)}` }));

const { release: running, ...has } = features();
tell({
  event: 'boot',
  release: running,
  version: readFileSync('/proc/version', 'utf8').trim(),
  arch: process.arch,
  endian: endianness() === 'BE' ? 'big' : 'little',
  cpus: availableParallelism(),
  node: process.version,
  features: {
    ...has,
    JIT: existsSync('/proc/sys/net/core/bpf_jit_enable'),
    BTF: existsSync('/sys/kernel/btf/vmlinux'),
  },
});

const filter = process.env['MATRIX_TESTS'] ?? '';
for (const { file, names } of KERNEL_TESTS.filter((each) => each.file.includes(filter))) {
  say(file);
  const path = join(stage, file.replace(/\.ts$/, '.js'));
  const trouble = await runTestFile(path, file, names, (test) => {
    tell({ event: 'test', ...test });
    say(`  ${test.state} ${test.ms} ms: ${test.name}${test.why === undefined ? '' : `\n${test.why}`}`);
  });
  if (trouble !== undefined) tell({ event: 'trouble', why: `${file}: ${trouble}` });
}
tell({ event: 'end' });
process.exit();
