import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inCheckout } from './checkout.ts';
import { exceptOf, isNamed, leftOut, whyNot } from './left-out.ts';

const archs = ['x86-64', 's390x'] as const;

test.each(archs)('what %s leaves out is there, once, with a reason', (arch) => {
  const list = leftOut(arch);
  expect(new Set(list.map(({ file }) => file)).size).toBe(list.length);
  for (const { file, names, why } of list) {
    const source = readFileSync(inCheckout(file), 'utf8');
    expect(why).toMatch(/: make test runs it$/);
    for (const each of names?.split('|') ?? [])
      expect(source, each).toContain(each.replace(/^\^/, '').replaceAll('\\', ''));
  }
});

test('a file of which some tests are left out is run', () => {
  expect(whyNot('x86-64', 'bpf/test/clock.kernel.test.ts')).toBeUndefined();
  expect(exceptOf('x86-64', 'bpf/test/clock.kernel.test.ts')?.why).toContain('a tool of the tests');
  expect(whyNot('s390x', 'bpf/test/clock.kernel.test.ts')).toContain('every processor');
  expect(exceptOf('s390x', 'bpf/test/clock.kernel.test.ts')).toBeUndefined();
});

test('the scans are left out on no x86-64 kernel', () => {
  const file = 'packages/cli/test/integration/scan.kernel.test.ts';
  expect(whyNot('x86-64', file) ?? exceptOf('x86-64', file)).toBeUndefined();
});

test('what is asked for by its name is run, and by a part of it not', () => {
  const file = 'packages/cli/test/integration/rights.kernel.test.ts';
  expect(whyNot('x86-64', file)).toContain('make rights');
  expect(isNamed(file, 'rights')).toBe(true);
  for (const part of ['right', 'ights', 'integration', '']) expect(isNamed(file, part)).toBe(false);
});
