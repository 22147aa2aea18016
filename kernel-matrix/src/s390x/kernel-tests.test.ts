import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inCheckout } from '../checkout.ts';
import { leftOut } from '../left-out.ts';
import { KERNEL_TESTS } from './kernel-tests.ts';

const inside = (folder: string): string[] =>
  existsSync(inCheckout(folder))
    ? readdirSync(inCheckout(folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path))
    : [];

test('each kernel test is run on s390x, or there is a reason why not', () => {
  const packages = ['bpf', ...readdirSync(inCheckout('packages')).map((name) => `packages/${name}`)];
  const files = packages.flatMap((name) => [...inside(`${name}/src`), ...inside(`${name}/test`)]);
  const there = files.filter((file) => file.endsWith('.kernel.test.ts'));
  const whole = leftOut('s390x').filter(({ names }) => names === undefined);
  const listed = [...KERNEL_TESTS, ...whole.map(({ file }) => file)];
  expect(listed.sort()).toEqual(there.sort());
});
