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
import { expect, test } from 'vitest';
import { ALL_RIGHTS, launcher, nameOf, type Rights, SMALL_LIMIT, SMALLEST } from './rights.ts';
import { startWith, type Became } from './start-with.ts';

/** Whether this kernel charges maps to RLIMIT_MEMLOCK. */
const CHARGED = !isAtLeast(release(), '5.11');

/** How many starts side by side, each in a lab of its own. */
const LANES = 2;

/** The rule: CAP_SYS_ADMIN stands for the three, and nothing else stands for one of them. */
function expected({ held, memlock }: Rights): Became {
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

async function becameOf(all: readonly Rights[]): Promise<Map<Rights, Became>> {
  const [became, waiting] = [new Map<Rights, Became>(), [...all]];
  const lane = async (): Promise<void> => {
    await using pair = await createPair();
    for (let next = waiting.shift(); next; next = waiting.shift())
      became.set(next, await startWith(pair, next, CHARGED));
  };
  const ended = await Promise.allSettled(Array.from({ length: LANES }, lane));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  return became;
}

test(
  'which rights suffice, and what is said of those that do not',
  { timeout: patience(240_000) },
  async ({ task }) => {
    const before = await leakSnapshot();
    const became = await becameOf(ALL_RIGHTS);
    const row = (rights: Rights, what: Became | undefined) => ({ rights: nameOf(rights), user: rights.user, ...what });
    const rows = ALL_RIGHTS.map((rights) => row(rights, became.get(rights)));
    // The kernel matrix makes its table of them.
    Object.assign(task.meta, { rights: rows });
    expect(rows).toEqual(ALL_RIGHTS.map((rights) => row(rights, expected(rights))));
    expect(await leaksSince(before)).toEqual([]);
  },
);

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
