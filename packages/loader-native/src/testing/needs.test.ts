import { expect, test } from 'vitest';
import { isAtLeast, needs } from './needs.ts';

const ask = (has: boolean, kernel: string): string | undefined => {
  let note: string | undefined;
  const context = { skip: (text?: string) => void (note = text) as never };
  needs(context, { what: 'bpf_link', since: '5.9', has: () => has }, kernel);
  return note;
};

test('what is there is used, on any kernel', () => {
  expect(ask(true, '5.4.0')).toBeUndefined();
  expect(ask(true, '6.1.0')).toBeUndefined();
});

test('what an older kernel lacks is skipped, and the kernel that has it is named', () => {
  expect(ask(false, '5.8.18-1')).toBe('needs bpf_link: Linux 5.9 or later');
});

test('what a kernel should have and has not is a failure', () => {
  for (const kernel of ['5.9.0', '5.10.0-46-cloud-amd64', '6.1.0', '7.3.4+deb13'])
    expect(() => ask(false, kernel), kernel).toThrow(
      `bpf_link is missing, though Linux ${kernel} should have it (since 5.9)`,
    );
});

test('versions are compared by number', () => {
  expect(isAtLeast('6.12.1', '6.2')).toBe(true);
  expect(isAtLeast('6.2.1', '6.12')).toBe(false);
  expect(isAtLeast('7-rc1', '6.12')).toBe(true);
  expect(isAtLeast('5.18.0-rc3+', '5.18')).toBe(true);
});
