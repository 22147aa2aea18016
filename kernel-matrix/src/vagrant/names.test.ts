import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inCheckout } from '../checkout.ts';
import { readKernels } from '../kernels.ts';
import { machineName } from './names.ts';

test('a machine is named after its series', () => {
  expect(['5.10', '6.1', '6.x', '7.x'].map(machineName)).toEqual(['k5-10', 'k6-1', 'k6-x', 'k7-x']);
});

test('every series of the list has a name that Vagrant and libvirt take, and one of its own', () => {
  const names = readKernels()
    .filter(({ drivers }) => drivers.includes('vagrant'))
    .map(({ series }) => machineName(series));
  expect(names.length).toBeGreaterThanOrEqual(5);
  for (const name of names) expect(name).toMatch(/^k[0-9a-z-]+$/);
  expect(new Set(names).size).toBe(names.length);
});

test('the Vagrantfile names them alike, and looks for their files where they are put', () => {
  const vagrantfile = readFileSync(inCheckout('Vagrantfile'), 'utf8');
  expect(vagrantfile).toContain(`name = "k#{kernel['series'].tr('.', '-')}"`);
  expect(vagrantfile).toContain("folder = File.join(cache, 'vagrant', name)");
});
