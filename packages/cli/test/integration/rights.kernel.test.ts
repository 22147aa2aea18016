import {
  createPair,
  isAtLeast,
  leaksSince,
  leakSnapshot,
  mountBpffs,
  patience,
  Scanward,
  scanwardBin,
} from '@scanward/testkit';
import { release } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launcher, nameOf, type Rights, SMALL_LIMIT, SMALLEST, TRIED, USERS } from './rights.ts';
import { startWith, type Became } from './start-with.ts';

/** Whether this kernel charges maps to RLIMIT_MEMLOCK. */
const CHARGED = !isAtLeast(release(), '5.11');

/** The rule: CAP_SYS_ADMIN stands for the three, and nothing else stands for one of them. */
function expected({ held, memlock }: Omit<Rights, 'user'>): Became {
  const missing = held.includes('SYS_ADMIN') ? [] : SMALLEST.filter((name) => !held.includes(name));
  if (missing.length > 0) {
    const names = missing.map((name) => `CAP_${name}`).join(', ');
    const todo = 'run it as root (sudo) or grant CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON';
    return { exitCode: 3, says: `scanward: checking rights: ${names} missing: ${todo}` };
  }
  if (memlock === undefined || !CHARGED) return { exitCode: 0, says: '' };
  const todo = 'run `ulimit -l unlimited` before it, or set LimitMEMLOCK=infinity in its systemd unit';
  const why = `the locked memory limit of ${SMALL_LIMIT} bytes is too small`;
  return { exitCode: 8, says: `scanward: loading the program: ${why}: ${todo}` };
}

let before = '';
let labs: Awaited<ReturnType<typeof createPair>>[] = [];

beforeAll(async () => {
  before = await leakSnapshot();
  labs = await Promise.all(USERS.map(() => createPair()));
});

afterAll(async () => {
  for (const lab of labs) await lab[Symbol.asyncDispose]();
  // Interfaces may be those of others on this machine.
  expect((await leaksSince(before)).filter((thing) => thing.startsWith('bpf '))).toEqual([]);
});

const named = TRIED.map((rights) => [nameOf(rights), rights] as const);

test.for(named)('%s', { timeout: patience(60_000) }, async ([name, rights], { task }) => {
  const became = await Promise.all(USERS.map((user, lane) => startWith(labs[lane]!, { ...rights, user }, CHARGED)));
  const rows = became.map((each, index) => ({ rights: name, user: USERS[index]!, ...each }));
  // The kernel matrix makes its table of them.
  Object.assign(task.meta, { rights: rows });
  for (const row of rows) expect(row).toMatchObject(expected(rights));
});

test('commands, too, need no more than CAP_SYS_ADMIN', { timeout: patience(60_000) }, async () => {
  await using bpffs = await mountBpffs();
  await using pair = await createPair();
  const { ns } = pair.victim;
  await using daemon = await Scanward.start(ns, { args: ['--bpffs', bpffs.path] });
  const [file, ...words] = [...launcher({ held: ['SYS_ADMIN'], user: 'root' }, CHARGED), process.execPath, scanwardBin];
  const does = (...args: string[]) => ns.run(file, [...words, ...args, '--bpffs', bpffs.path, '--no-config']);
  await does('block', '192.0.2.1', '--no-state');
  expect((await does('blocks')).stdout).toContain('192.0.2.1');
  await does('unblock', '192.0.2.1', '--no-state');
  expect((await does('blocks')).stdout).not.toContain('192.0.2.1');
  daemon.signal('SIGKILL');
  await daemon.ended();
  await does('detach');
  expect(await ns.ip('link', 'show', 'eth0')).not.toContain('xdp');
});
