#!/usr/bin/env node
// Names of system calls from stdin, one a line, into deploy/seccomp-profile.json: what the command calls, in its first
// group. The other groups are written here, each name once, in the first that has it. Prints the names that are new.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

const path = new URL('../deploy/seccomp-profile.json', import.meta.url);
const words = (text) => text.split(/\s+/).filter(Boolean);
const COMMAND = 'What Scanward calls, by strace over its tests: made by `make seccomp-profile`';

const GROUPS = {
  // Recorded of runc 1.1 with and without no_new_privileges, as root and not: it installs the filter before it changes
  // user and capabilities. What else newer ones and crun call there: setresuid, close_range, the Go runtime's own.
  'What runc and crun call between the filter and the program': words(`
    capget capset chdir clone close close_range dup3 epoll_ctl epoll_pwait execve exit exit_group faccessat2 fchown
    fchownat fcntl fstat fstatfs futex getcwd getdents64 getpid getppid gettid ioctl lseek madvise mmap munmap nanosleep
    newfstatat openat openat2 prctl read readlinkat recvmsg rt_sigaction rt_sigprocmask rt_sigreturn sched_yield sendmsg
    setgid setgroups setresgid setresuid setsid setuid sigaltstack statx tgkill umask unlinkat write`),
  // clock_* and gettimeofday where the vDSO cannot answer (some virtual machines); clone where there is no clone3;
  // restart_syscall after a stop; lchown when `--user` is given files of root's, which no test starts the command with; pkey_* where
  // the processor has keys; without *at and the like on x86-64, with on arm64.
  'The same by other names, on another architecture, C library, kernel or processor': words(`
    accept accept4 access clock_getres clock_gettime clock_nanosleep clone clone3 dup dup2 dup3 epoll_create
    epoll_create1 epoll_pwait epoll_wait eventfd eventfd2 exit exit_group faccessat faccessat2 fadvise64 fchmod
    fchmodat fchown fchownat fdatasync fstat fsync ftruncate getcpu getdents getpeername getrandom getrlimit
    gettimeofday lchown lstat mkdir mkdirat mremap newfstatat open openat pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll
    ppoll pread64 preadv prlimit64 pwrite64 pwritev readlink readlinkat readv recvfrom recvmmsg recvmsg rename renameat
    renameat2 restart_syscall rmdir rseq sched_getaffinity sched_yield sendmmsg sendmsg sendto set_robust_list
    set_tid_address setrlimit shutdown stat statx tgkill time unlink unlinkat utimensat wait4 writev`),
};

// libuv asks for io_uring and does with epoll where it is refused. It is a way around the filter: what it is asked to do
// is no system call any more.
const REFUSED = /^io_uring_/;

const called = readFileSync(0, 'utf8').split('\n').filter(Boolean);
const names = called.filter((name) => !REFUSED.test(name));
const known = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).syscalls[0].names : [];
const seen = new Set();
const syscalls = Object.entries({ [COMMAND]: [...known, ...names], ...GROUPS }).map(([comment, group]) => {
  const fresh = [...new Set(group)].filter((name) => !seen.has(name)).sort();
  for (const name of fresh) seen.add(name);
  return { comment, names: fresh, action: 'SCMP_ACT_ALLOW' };
});
const profile = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: 1,
  architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'],
  syscalls,
};
const options = { ...(await resolveConfig(path)), parser: 'json' };
writeFileSync(path, await format(JSON.stringify(profile), options));
console.log(
  `${called.length} names, refused on purpose: ${called.filter((name) => REFUSED.test(name)).join(' ') || 'none'}`,
);
console.log(`new: ${names.filter((name) => !known.includes(name)).join(' ') || 'none'}`);
console.log(`the profile has ${seen.size}`);
