import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  atPace,
  brief,
  command,
  type CommandResult,
  createPair,
  leakSnapshot,
  leaksSince,
  repositoryFile,
  scanwardBin,
} from '@scanward/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'scanward-bad-input-'));
const refuseBpf = join(folder, 'refuse-bpf');
const shipped = fileURLToPath(new URL('../../../bpf/prebuilt/scanward.bpfel.o', import.meta.url));
const foreign = fileURLToPath(new URL('../../../bpf/prebuilt/scanward.bpfeb.o', import.meta.url));
const small = repositoryFile('packages/loader-native/test/fixtures/fixture.bpfel.o');
const EINVAL = '22';
const EPERM = '1';

let pair: Awaited<ReturnType<typeof createPair>>;

beforeAll(async () => {
  pair = await createPair();
});
afterAll(async () => {
  await pair[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Runs `scanward run` in the namespace, through a launcher if one is given, and checks that nothing is left. */
async function refused(args: readonly string[], launcher: readonly string[] = []): Promise<CommandResult> {
  // The kernel matrix looks for leaks once, after all tests.
  const before = brief ? undefined : await leakSnapshot();
  const [file, ...more] = [...launcher, process.execPath, scanwardBin, 'run', '--no-events', ...args];
  const result = await pair.victim.ns.run(file!, more, { tolerant: true, timeoutMs: 30_000 });
  if (before !== undefined) expect(await leaksSince(before)).toEqual([]);
  expect(result.stdout).toBe('');
  expect(result.stderr.split('\n')).toHaveLength(1);
  return result;
}

test('a bad flag', async () => {
  expect(await refused(['-i', 'eth0', '--treshold', '5'])).toMatchObject({
    exitCode: 2,
    stderr: "scanward: reading the flags: unknown option '--treshold': did you mean --threshold?",
  });
});

test('no such interface', async () => {
  expect(await refused(['-i', 'eth0', '-i', 'ethh1'])).toMatchObject({
    exitCode: 5,
    stderr: 'scanward: attaching to ethh1: no such interface: did you mean eth0?',
  });
});

test('no default route', async () => {
  expect(await refused([])).toMatchObject({
    exitCode: 5,
    stderr: 'scanward: finding the interface of the default route: there is no default route: name one with -i',
  });
});

const RIGHTS: readonly [dropped: string, missing: string][] = [
  ['-all', 'CAP_NET_ADMIN, CAP_PERFMON, CAP_BPF'],
  ['-sys_admin,-net_admin', 'CAP_NET_ADMIN'],
  ['-sys_admin,-perfmon', 'CAP_PERFMON'],
  ['-sys_admin,-bpf', 'CAP_BPF'],
];

test.each(atPace(RIGHTS, RIGHTS.slice(3)))('capabilities %s', async (dropped, missing) => {
  const launcher = ['setpriv', `--bounding-set=${dropped}`, `--inh-caps=${dropped}`];
  expect(await refused(['-i', 'eth0'], launcher)).toMatchObject({
    exitCode: 3,
    stderr: `scanward: checking rights: ${missing} missing: run it as root (sudo) or grant CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON`,
  });
});

test('not root', async () => {
  const result = await refused(['-i', 'eth0'], ['setpriv', '--reuid=65534', '--clear-groups']);
  expect(result.exitCode).toBe(3);
});

test('capabilities of a user namespace only', async () => {
  const launcher = ['setpriv', '--reuid=65534', '--clear-groups', 'unshare', '--user', '--map-root-user', '--net'];
  const result = await refused(['-i', 'lo'], launcher);
  expect(result).toMatchObject({ exitCode: 3 });
  expect(result.stderr).toContain('only in a user namespace');
});

describe('where bpf(2) is refused', () => {
  beforeAll(async () => {
    const source = fileURLToPath(new URL('refuse-bpf.c', import.meta.url));
    await command('gcc', ['-Wall', '-Wextra', '-Werror', '-o', refuseBpf, source]);
  });

  test('a kernel without XDP links', async () => {
    const result = await refused(['-i', 'eth0'], [refuseBpf, EINVAL, '28']);
    expect(result).toMatchObject({ exitCode: 4 });
    expect(result.stderr).toMatch(/^scanward: attaching to eth0: kernel \S+ has no .*: use Linux 5\.9 or later$/);
  });

  test('a kernel that refuses bpf(2)', async () => {
    const result = await refused(['-i', 'eth0'], [refuseBpf, EPERM, '255']);
    expect(result).toMatchObject({ exitCode: 3 });
    expect(result.stderr).toMatch(/^scanward: loading the program: the kernel refuses BPF_\w+: .* seccomp or lockdown/);
  });

  test('a kernel without bpf(2)', async () => {
    const result = await refused(['-i', 'eth0'], [refuseBpf, '38', '255']);
    expect(result).toMatchObject({ exitCode: 4 });
    expect(result.stderr).toContain('CONFIG_BPF_SYSCALL');
  });
});

test('another XDP program', async () => {
  const { ns } = pair.victim;
  await ns.ip('link', 'set', 'eth0', 'xdpgeneric', 'obj', small, 'sec', 'xdp');
  try {
    const result = await refused(['-i', 'eth0']);
    expect(result).toMatchObject({ exitCode: 6 });
    expect(result.stderr).toMatch(
      /^scanward: attaching to eth0: another XDP program is attached \(id \d+, generic\): .*--replace/,
    );
    expect(await ns.ip('link', 'show', 'eth0')).toContain('xdpgeneric');
  } finally {
    await ns.ip('link', 'set', 'eth0', 'xdpgeneric', 'off');
  }
});

test('an object for the other byte order', async () => {
  const result = await refused(['-i', 'eth0', '--object', foreign]);
  expect(result).toMatchObject({ exitCode: 7 });
  expect(result.stderr).toContain('it was built for big-endian machines, and this one is little-endian');
});

test('an object that is not there, and one that is damaged', async () => {
  const missing = await refused(['-i', 'eth0', '--object', join(folder, 'none.o')]);
  expect(missing).toMatchObject({ exitCode: 7 });
  expect(missing.stderr).toMatch(/none\.o: there is no such file: name one that can be read, or leave out --object$/);
  const damaged = join(folder, 'damaged.o');
  writeFileSync(damaged, readFileSync(shipped).subarray(0, 5_000));
  expect(await refused(['-i', 'eth0', '--object', damaged])).toMatchObject({ exitCode: 7 });
});

test('an object with other layouts', async () => {
  const other = join(folder, 'other.o');
  writeFileSync(other, renamed(readFileSync(shipped), 'threshold', 'thresh0ld'));
  const result = await refused(['-i', 'eth0', '--object', other]);
  expect(result).toMatchObject({ exitCode: 7 });
  expect(result.stderr).toContain('it has other layouts (struct policy: field threshold is missing');
});

/** The bytes with every occurrence of a C string replaced by one of the same length. */
function renamed(bytes: Buffer, from: string, to: string): Buffer {
  const text = bytes.toString('latin1').replaceAll(`\0${from}\0`, `\0${to}\0`);
  return Buffer.from(text, 'latin1');
}
