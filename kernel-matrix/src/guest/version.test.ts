import { expect, test } from 'vitest';
import { versionIn } from './version.ts';

test('the version of the kernel, not of its compiler', () => {
  const text =
    'Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, ' +
    'GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-10-04)\n';
  expect(versionIn(text)).toBe('6.1.192-2');
});

test("another's kernel has none", () => {
  expect(versionIn('Linux version 6.18.44 (builder@host) (gcc (GCC) 15.3.0, GNU ld 2.46) #1 SMP\n')).toBe('');
});
