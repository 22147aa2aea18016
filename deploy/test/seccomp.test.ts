import { command, repositoryFile } from '@scanward/testkit';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allowed, profile, profilePath } from './seccomp-profile.ts';

/** What a process could get out of a container by, take the host down by, or look into others by. */
const DANGEROUS = `
  acct add_key adjtimex chroot clock_adjtime clock_settime create_module delete_module fanotify_init finit_module
  fsconfig fsmount fsopen fspick get_kernel_syms init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl
  kcmp kexec_file_load kexec_load keyctl lookup_dcookie memfd_secret mknod mknodat mount mount_setattr move_mount
  move_pages name_to_handle_at open_by_handle_at open_tree perf_event_open personality pidfd_getfd pidfd_open
  pivot_root process_madvise process_vm_readv process_vm_writev ptrace query_module quotactl quotactl_fd reboot
  request_key setdomainname sethostname setns settimeofday stime swapoff swapon syslog umount umount2 unshare uselib
  userfaultfd vm86 vm86old`
  .trim()
  .split(/\s+/);

test('an allow-list that all runtimes read the same: nothing in it but names', () => {
  expect(Object.keys(profile)).toEqual(['defaultAction', 'defaultErrnoRet', 'architectures', 'syscalls']);
  expect(profile).toMatchObject({
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 1,
    // One of the other byte order would make libseccomp refuse the whole profile.
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'],
  });
  for (const group of profile.syscalls) {
    expect(Object.keys(group)).toEqual(['comment', 'names', 'action']);
    expect(group.action).toBe('SCMP_ACT_ALLOW');
  }
});

test('each name once, sorted within its group', () => {
  for (const { names } of profile.syscalls) expect(names).toEqual([...names].sort());
  const names = profile.syscalls.flatMap((group) => group.names);
  expect(names.length).toBe(allowed.size);
  expect(names.filter((name) => !/^[a-z][a-z0-9_]+$/.test(name))).toEqual([]);
});

test('bpf is in it, nothing dangerous is, and it is less than half of what podman allows', () => {
  expect(allowed).toContain('bpf');
  expect(DANGEROUS.filter((name) => allowed.has(name))).toEqual([]);
  expect(allowed.size).toBeLessThan(190);
});

test('the tool that makes it would write it as it stands, and a name more into its first group', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'scanward-profile-'));
  try {
    mkdirSync(join(folder, 'tools'));
    mkdirSync(join(folder, 'deploy'));
    cpSync(repositoryFile('tools/seccomp-profile.mjs'), join(folder, 'tools/seccomp-profile.mjs'));
    cpSync(repositoryFile('.prettierrc.json'), join(folder, '.prettierrc.json'));
    cpSync(profilePath, join(folder, 'deploy/seccomp-profile.json'));
    symlinkSync(repositoryFile('node_modules'), join(folder, 'node_modules'));
    const made = () => readFileSync(join(folder, 'deploy/seccomp-profile.json'), 'utf8');
    const make = (input: string) =>
      command(process.execPath, [join(folder, 'tools/seccomp-profile.mjs')], { input }).then(({ stdout }) => stdout);

    const told = (line: string, size: number) => `${line}\nthe profile has ${size}`;
    expect(await make('')).toBe(told('0 names, refused on purpose: none\nnew: none', allowed.size));
    expect(made()).toBe(readFileSync(profilePath, 'utf8'));
    expect(await make('bpf\nio_uring_setup\nvhangup\n')).toBe(
      told('3 names, refused on purpose: io_uring_setup\nnew: vhangup', allowed.size + 1),
    );
    const [recorded] = (JSON.parse(made()) as typeof profile).syscalls;
    expect(recorded!.names).toContain('vhangup');
    expect(made()).not.toContain('io_uring_setup');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
