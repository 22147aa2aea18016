import {
  command,
  createPair,
  frameTo,
  Lines,
  mountBpffs,
  repositoryFile,
  scanwardBin,
  send,
  syn,
} from '@scanward/testkit';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { podman } from './engine.ts';
import { allowed, profilePath } from './seccomp-profile.ts';

/** Calls that end the caller, wait for ever, or do what they do whatever their arguments are. */
const NEVER_MADE = 'exit exit_group fork pause restart_syscall rt_sigreturn sync uprobe uretprobe vfork vhangup'.split(
  ' ',
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scanward-seccomp-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The calls that this machine's headers know, and their numbers. */
async function knownCalls(): Promise<Map<string, number>> {
  const { stdout } = await command('gcc', ['-dM', '-E', '-x', 'c', '-'], { input: '#include <sys/syscall.h>\n' });
  return new Map([...stdout.matchAll(/^#define __NR_(\w+) (\d+)$/gm)].map(([, name, n]) => [name!, Number(n)]));
}

/** A root file system with `syscalls.c` alone in it, which makes these calls. */
async function buildRootfs(names: readonly string[]): Promise<string> {
  writeFileSync(join(folder, 'calls.h'), names.map((name) => `CALL(${name})\n`).join(''));
  const rootfs = join(folder, 'rootfs');
  mkdirSync(rootfs);
  const source = repositoryFile('deploy/test/syscalls.c');
  const flags = ['-static', '-O1', '-Wall', '-Wextra', '-Werror', `-I${folder}`];
  await command('gcc', [...flags, '-o', join(rootfs, 'syscalls'), source]);
  return rootfs;
}

/** What each call answers in a container with every capability, so that nothing but the filter refuses. */
async function answers(rootfs: string, seccomp: string): Promise<Map<string, string>> {
  const rights = ['--cap-add', 'ALL', '--security-opt', `seccomp=${seccomp}`];
  const { stdout } = await podman(['run', '--rm', '--network', 'none', ...rights, '--rootfs', rootfs, '/syscalls']);
  return new Map(stdout.split('\n').map((line) => line.split(' ') as [string, string]));
}

test('every call outside the profile is refused by it, and none inside', { timeout: 60_000 }, async () => {
  const numbers = await knownCalls();
  const made = [...numbers.keys()].filter((name) => !NEVER_MADE.includes(name)).sort();
  const rootfs = await buildRootfs(made);
  const without = await answers(rootfs, 'unconfined');
  const under = await answers(rootfs, profilePath);
  expect([...without.keys()]).toEqual(made);
  expect([...under.keys()]).toEqual(made);

  const outside = made.filter((name) => !allowed.has(name));
  expect(outside.length).toBeGreaterThan(150);
  // runc says of calls younger than all in a profile that there is no such call, so that C libraries do without.
  const newest = Math.max(...[...allowed].map((name) => numbers.get(name) ?? 0));
  const refusals = (name: string) => (numbers.get(name)! > newest ? ['EPERM', 'ENOSYS'] : ['EPERM']);
  expect(outside.filter((name) => !refusals(name).includes(under.get(name)!))).toEqual([]);
  // A hardened kernel refuses some to everybody (kexec, modules), and of these nothing is shown.
  const refusedAnyway = outside.filter((name) => without.get(name) === 'EPERM');
  expect(refusedAnyway.length).toBeLessThan(10);

  const inside = made.filter((name) => allowed.has(name));
  expect(inside.length).toBeGreaterThan(100);
  expect(inside.map((name) => `${name} ${under.get(name)}`)).toEqual(
    inside.map((name) => `${name} ${without.get(name)}`),
  );
});

test('nothing that a daemon and its commands call is missing from it', { timeout: 60_000 }, async () => {
  await using pair = await createPair();
  await using bpffs = await mountBpffs();
  const { victim, attacker } = pair;
  const calls = join(folder, 'calls');
  mkdirSync(calls);
  // Signals are for the command, so strace is no parent of it.
  const traced = (name: string, ...words: string[]): [string, string[]] => {
    const strace = ['-DDD', '-f', '-c', '-U', 'name', '-o', join(calls, name)];
    return ['strace', [...strace, process.execPath, scanwardBin, ...words, '--bpffs', bpffs.path]];
  };
  const state = ['--state', join(folder, 'state.json')];
  const daemon = victim.ns.spawn(...traced('run', 'run', '-i', 'eth0', '-t', '50ms', '--no-events', ...state));
  const [stdout, stderr] = [new Lines(daemon.stdout), new Lines(daemon.stderr)];
  try {
    await stderr.wait(/attached to eth0/, 20_000);
    const ports = [21, 22, 23, 25];
    await send(
      attacker.ns,
      ports.map((port) => frameTo(attacker, victim, syn(port, 40_000))),
    );
    await stdout.wait(/^\S+ \S+ Blocked 10\.77\.0\.2 /);
    expect((await victim.ns.run(...traced('status', 'status'))).stdout).toContain('eth0');
    await victim.ns.run(...traced('block', 'block', '198.51.100.7', ...state));
  } finally {
    daemon.kill('SIGTERM');
  }
  expect((await daemon).exitCode).toBe(0);

  // Each strace writes when its command has ended.
  const written = () => readdirSync(calls).map((name) => readFileSync(join(calls, name), 'utf8'));
  for (let round = 0; round < 50 && written().includes(''); round++) await sleep(100);
  const names = new Set(
    written().flatMap((text) =>
      text
        .split('\n')
        .slice(2)
        .filter((name) => /^[a-z]/.test(name)),
    ),
  );
  names.delete('total');
  expect(names).toContain('bpf');
  // Some builds of Node ask for io_uring, and do with epoll where it is refused.
  const missing = [...names].filter((name) => !allowed.has(name) && !name.startsWith('io_uring_'));
  expect(missing).toEqual([]);
});
