import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readKernels, select } from '../kernels.ts';
import type { Cell } from '../types.ts';
import { entered } from './libvirt.ts';
import { environment, guestCommand } from './machine.ts';

const [kernel] = select(readKernels(), '6.x');
const cell: Cell = { name: '6.x 2 CPUs', kernel: kernel!, cpus: 2 };

test('the guest side is told what to run, and how patient to be', () => {
  const guest = 'bash /scanward/kernel-matrix/vagrant/guest.sh';
  expect(guestCommand({}, 'tcg')).toBe(`sudo env MATRIX_PACE='emulated' ${guest}`);
  expect(guestCommand({ canary: 'hang', tests: 'scan' }, 'kvm')).toBe(
    `sudo env MATRIX_TESTS='scan' MATRIX_CANARY='hang' MATRIX_PACE='native' ${guest}`,
  );
});

test("whatever TESTS is, the guest's shell takes it for one word", () => {
  for (const tests of ["it's", '$(id)', 'a b; reboot', '"', '\\', 'line\nline']) {
    const [, words] = /^sudo env (.*) bash \S+$/s.exec(guestCommand({ tests }, 'tcg'))!;
    const shell = `for word in ${words}; do printf '%s\\0' "$word"; done`;
    const seen = execFileSync('bash', ['-c', shell], { encoding: 'utf8' });
    expect(seen.split('\0')).toEqual([`MATRIX_TESTS=${tests}`, 'MATRIX_PACE=emulated', '']);
  }
});

test('Vagrant keeps its things in the cache and the folder of the cell, and is told of processors and console', () => {
  process.env['SCANWARD_MATRIX_CACHE'] = '/cache';
  expect(environment(cell, 'tcg', '/cell')).not.toHaveProperty('MATRIX_CANARY');
  expect(environment({ ...cell, canary: 'panic' }, 'tcg', '/cell')).toMatchObject({ MATRIX_CANARY: 'panic' });
  expect(environment(cell, 'tcg', '/cell')).toMatchObject({
    VAGRANT_HOME: '/cache/vagrant/home',
    VAGRANT_DOTFILE_PATH: '/cell/dot',
    MATRIX_ACCEL: 'tcg',
    MATRIX_CPUS: '2',
    MATRIX_CONSOLE: '/cell/console',
  });
});

test('a command is run where libvirt and the guests are seen', () => {
  expect(entered(7, 'vagrant', ['up', 'k6-x'])).toEqual([
    'nsenter',
    ['--target=7', '--mount', '--net', '--pid', '--', 'vagrant', 'up', 'k6-x'],
  ]);
});
