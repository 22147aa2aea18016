import { expect, it } from 'vitest';
import { entry } from '../test/fake.ts';
import { plansOf } from './cells.ts';
import { readOptions, UsageError } from './options.ts';

const kernels = [entry('own'), entry('5.10'), entry('7.x', { full: true }), entry('s', { drivers: ['qemu'] })];

const names = (environment: Record<string, string>): string[] =>
  plansOf(kernels, readOptions(environment)).map(({ cell, driver }) => `${cell.name}: ${driver}`);

const canaries = [
  'canary program: native',
  'canary no-bpf-link: native',
  'canary panic: qemu',
  'canary hang: qemu',
  'canary mute: qemu',
];

it('leaves those of the full run out, unless they are named', () => {
  expect(names({})).toEqual(['own: native', '5.10: qemu', 's: qemu', ...canaries]);
  expect(names({ FULL: '1' })).toEqual(['own: native', '5.10: qemu', '7.x: qemu', 's: qemu', ...canaries]);
  expect(names({ KERNELS: '7' })).toEqual(['7.x: qemu']);
});

it('a series takes none of the full run that begins like it, unless all are asked for', () => {
  const both = [entry('6.12'), entry('6.12 s390x', { full: true })];
  const named = (environment: Record<string, string>): string[] =>
    plansOf(both, readOptions(environment)).map(({ cell }) => cell.name);
  expect(named({ KERNELS: '6.12' })).toEqual(['6.12']);
  expect(named({ KERNELS: '6.12', FULL: '1' })).toEqual(['6.12', '6.12 s390x']);
  expect(named({ KERNELS: '6.12 s390x' })).toEqual(['6.12 s390x']);
});

it('leaves those out that the driver cannot run; canaries run by the one that can', () => {
  expect(names({ DRIVER: 'vagrant' })).toEqual(['5.10: vagrant']);
  const vagrant = canaries.map((name) => name.replace('qemu', 'vagrant'));
  expect(names({ DRIVER: 'vagrant', CANARY: '1' })).toEqual(['5.10: vagrant', ...vagrant]);
});

it('says which series there are, and what cannot be run', () => {
  expect(() => names({ KERNELS: '4.20' })).toThrow(UsageError);
  expect(() => names({ KERNELS: '4.20' })).toThrow(/4\.20.*own, 5\.10, 7\.x, s/);
  expect(() => names({ KERNELS: 'own', DRIVER: 'qemu' })).toThrow(new UsageError('DRIVER=qemu runs none of own'));
});
