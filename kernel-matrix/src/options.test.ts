import { expect, it } from 'vitest';
import { commandOf, isWhole, readOptions, UsageError } from './options.ts';

it('runs everything once, with canaries, when nothing is given', () => {
  const options = readOptions({ KERNELS: '', TESTS: ' ', JOBS: '3' });
  expect(options).toEqual({ full: false, jobs: 3, canaries: true });
  expect(isWhole(options)).toBe(true);
  expect(commandOf(options)).toBe('make kernel-matrix');
  expect(commandOf(readOptions({ FULL: '1' }))).toBe('make kernel-matrix-full');
});

it('leaves the canaries out of a run of some, unless they are asked for', () => {
  for (const some of [{ KERNELS: '5.10,7' }, { TESTS: 'scan' }, { DRIVER: 'vagrant' }]) {
    const options = readOptions(some);
    expect([options.canaries, isWhole(options)]).toEqual([false, false]);
    expect(readOptions({ ...some, CANARY: '1' }).canaries).toBe(true);
  }
  expect(isWhole(readOptions({ CANARY: '0' }))).toBe(false);
});

it('says which command makes such a run', () => {
  const options = readOptions({ KERNELS: '5.10,7', TESTS: 'scan', DRIVER: 'qemu', CANARY: '1' });
  expect(commandOf(options)).toBe('make kernel-matrix KERNELS=5.10,7 TESTS=scan DRIVER=qemu CANARY=1');
  expect(commandOf(readOptions({ KERNELS: '6.12 s390x' }))).toBe("make kernel-matrix KERNELS='6.12 s390x'");
  expect(commandOf(readOptions({ CANARY: '0' }))).toBe('make kernel-matrix CANARY=0');
});

it('refuses what it does not know, and says what there is', () => {
  const refused = (environment: Record<string, string>, message: string): void =>
    expect(() => readOptions(environment)).toThrow(new UsageError(message));
  refused({ DRIVER: 'lxc' }, 'no driver lxc; there are qemu, vagrant, native');
  refused({ JOBS: '0' }, 'JOBS=0: how many guests run side by side, 1 or more');
  refused({ JOBS: '1.5' }, 'JOBS=1.5: how many guests run side by side, 1 or more');
  refused({ FULL: 'yes' }, 'FULL=yes: 1 or 0');
});
