import {
  frameTo,
  createPair,
  mountBpffs,
  patience,
  Scanward,
  scanwardBin,
  send,
  syn,
  type Host,
} from '@scanward/testkit';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { Lines } from '@scanward/testkit';

/** `nobody` of every Debian. */
const NOBODY = 65_534;
const SCANNER = '10.77.0.66';
/** CAP_NET_ADMIN, CAP_PERFMON, CAP_BPF. */
const THREE = (1n << 12n) | (1n << 38n) | (1n << 39n);

const scan = (attacker: Host, victim: Host, source = SCANNER) =>
  send(
    attacker.ns,
    [1, 2, 3, 4].map((port) => frameTo(attacker, victim, syn(port, 1_000 + port), { source })),
  );

const fieldOf = (status: string, name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';

/** A folder that is removed afterwards. */
function folder() {
  const path = mkdtempSync(join(tmpdir(), 'scanward-user-'));
  chmodSync(path, 0o755);
  return {
    path,
    [Symbol.dispose]: () => {
      rmSync(path, { recursive: true });
    },
  };
}

test('--user: started as root, at work as nobody, with three capabilities', { timeout: patience(60_000) }, async () => {
  await using bpffs = await mountBpffs();
  await using pair = await createPair();
  using files = folder();
  const { victim, attacker } = pair;
  const [pins, state] = [bpffs.path, join(files.path, 'state', 'state.json')];
  const config = join(files.path, 'scanward.yaml');
  writeFileSync(config, 'threshold: 3\n', { mode: 0o644 });
  const args = ['--user', 'nobody', '--bpffs', pins, '--state', state, '--config', config];
  const daemon = await Scanward.start(victim.ns, { args });
  try {
    const tasks = readdirSync(`/proc/${daemon.pid}/task`).map((id) => ({
      id,
      status: readFileSync(`/proc/${daemon.pid}/task/${id}/status`, 'utf8'),
    }));
    expect(tasks.length).toBeGreaterThan(4);
    for (const { id, status } of tasks) {
      expect(fieldOf(status, 'Uid').split('\t')).toEqual(Array<string>(4).fill(String(NOBODY)));
      expect(fieldOf(status, 'Gid').split('\t')).toEqual(Array<string>(4).fill(String(NOBODY)));
      const effective = BigInt(`0x${fieldOf(status, 'CapEff')}`);
      // Threads that were there before have none.
      expect(Number(id) === daemon.pid ? [THREE] : [0n, THREE]).toContain(effective);
      expect(BigInt(`0x${fieldOf(status, 'CapPrm')}`)).toBe(effective);
    }
    expect(fieldOf(tasks.find(({ id }) => Number(id) === daemon.pid)!.status, 'NoNewPrivs')).toBe('1');

    await scan(attacker, victim);
    await daemon.stdout.wait(/Blocked 10\.77\.0\.66/);
    writeFileSync(config, 'threshold: 5\n');
    daemon.signal('SIGHUP');
    await daemon.stderr.wait(/reloaded: threshold 3 -> 5/);
    for (const path of [pins, join(pins, 'default')]) expect(statSync(path)).toMatchObject({ uid: NOBODY });
    while (!readdirSync(join(files.path, 'state')).includes('state.json'))
      await new Promise((again) => setTimeout(again, 50));
    const { uid, mode } = statSync(state);
    expect({ uid, mode: mode & 0o777 }).toEqual({ uid: NOBODY, mode: 0o600 });

    // Root does as that user what is to be done with what is his.
    const root = (...words: string[]) =>
      victim.ns.run(process.execPath, [scanwardBin, ...words, '--user', 'nobody', '--no-config'], { tolerant: true });
    expect(await root('status', '--bpffs', pins)).toMatchObject({ exitCode: 0 });
    expect(await root('scans', '--state', state)).toMatchObject({ exitCode: 0, stderr: '' });
    daemon.signal('SIGKILL');
    await daemon.ended();
    expect(await root('unblock', SCANNER, '--bpffs', pins, '--state', state)).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    expect(statSync(state)).toMatchObject({ uid: NOBODY });
    expect(await root('block', SCANNER, '--bpffs', pins, '--state', state)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await root('detach', '--bpffs', pins)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readdirSync(pins)).toEqual([]);
  } finally {
    await daemon.kill();
  }
  // What is his now is taken over by the next start.
  await using again = await Scanward.start(victim.ns, { args });
  expect(again.stderr.matching(/restored 1 block/)).toHaveLength(1);
  expect(await again.stop()).toEqual({ exitCode: 0, signal: undefined });
  expect(readdirSync(pins)).toEqual([]);
});

test.each([
  ['nobody at home', ['--user', 'nobody-at-all'], /--user nobody-at-all: there is no such user in \/etc\/passwd/],
  ['root by name', ['--user', 'root'], /--user: 'root' is not a user to become/],
])('--user: %s is refused', async (_name, args, message) => {
  await using pair = await createPair();
  await using daemon = Scanward.spawn(pair.victim.ns, { args });
  expect(await daemon.ended()).toMatchObject({ exitCode: 2 });
  expect(daemon.stderr.texts.join('\n')).toMatch(message);
});

/** Starts it as nobody with the three capabilities, as systemd does; before that as root what `prepare` says. */
function unprivileged({ ns }: Host, prepare: string, args: readonly string[]) {
  const caps = '-all,+bpf,+net_admin,+perfmon';
  const become = `setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups --inh-caps=${caps} --ambient-caps=${caps} --bounding-set=${caps} --no-new-privs`;
  const run = `${become} ${process.execPath} ${scanwardBin} run -i eth0 --no-config ${args.join(' ')}`;
  const child = ns.spawn('sh', ['-c', `${prepare} exec ${run}`], { timeoutMs: patience(60_000) });
  child.catch(() => undefined);
  return { child, stdout: new Lines(child.stdout), stderr: new Lines(child.stderr) };
}

/** Kernels before 5.11 charge maps to it. */
const MEMLOCK = 'prlimit --pid $$ --memlock=unlimited:unlimited;';
const mayRaise = () => {
  const limit = /^Max locked memory\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return limit === 'unlimited' || process.env['MATRIX_PACE'] !== undefined;
};

test(
  'an unprivileged user with three capabilities and a folder of his own',
  { timeout: patience(60_000) },
  async () => {
    await using bpffs = await mountBpffs();
    await using pair = await createPair();
    const mine = join(dirname(bpffs.path), 'mine');
    mkdirSync(mine, { mode: 0o700 });
    chownSync(mine, NOBODY, NOBODY);
    const { victim, attacker } = pair;
    const { child, stdout, stderr } = unprivileged(victim, mayRaise() ? MEMLOCK : '', ['--bpffs', mine, '--no-state']);
    await stderr.wait(/attached to eth0/, patience(20_000));
    await scan(attacker, victim);
    await stdout.wait(/Blocked 10\.77\.0\.66/, patience(5_000));
    expect(readdirSync(join(mine, 'default', 'links'))).toEqual(['eth0']);
    child.kill('SIGTERM');
    expect(await child).toMatchObject({ exitCode: 0 });
    expect(readdirSync(mine)).toEqual([]);
  },
);

test('without such a folder he is told, and it runs without pins', { timeout: patience(60_000) }, async () => {
  await using pair = await createPair();
  const { victim, attacker } = pair;
  // As systemd mounts it.
  const prepare = `mount -t bpf -o mode=700 bpf /sys/fs/bpf; ${mayRaise() ? MEMLOCK : ''}`;
  const { child, stdout, stderr } = unprivileged(victim, prepare, []);
  await stderr.wait(/attached to eth0/, patience(20_000));
  expect(
    stderr.matching(/warning: no right to pin in \/sys\/fs\/bpf\/scanward: .*--bpffs, or say --no-pin$/),
  ).toHaveLength(1);
  await scan(attacker, victim);
  await stdout.wait(/Blocked 10\.77\.0\.66/, patience(5_000));
  child.kill('SIGTERM');
  expect(await child).toMatchObject({ exitCode: 0 });
});
