import {
  type CommandResult,
  createPair,
  type Host,
  leakSnapshot,
  leaksSince,
  mountBpffs,
  repositoryFile,
  scanwardBin,
} from '@scanward/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { guarded } from './commands.ts';

const foreign = repositoryFile('packages/loader-native/test/fixtures/fixture.bpfel.o');

let pair: Awaited<ReturnType<typeof createPair>>;
let bpffs: Awaited<ReturnType<typeof mountBpffs>>;
let before: string;

beforeAll(async () => {
  before = await leakSnapshot();
  pair = await createPair();
  bpffs = await mountBpffs();
});
afterAll(async () => {
  await bpffs[Symbol.asyncDispose]();
  await pair[Symbol.asyncDispose]();
  expect(await leaksSince(before)).toEqual([]);
});

interface Answer extends CommandResult {
  /** `state found`, by check, and by interface where there is one. */
  readonly found: Readonly<Record<string, string>>;
}

/** Runs `scanward doctor --json`, through a launcher if one is given. */
const doctor = (args: readonly string[], launcher: readonly string[] = []): Promise<Answer> =>
  askIn(pair.victim, [...launcher, process.execPath, scanwardBin, 'doctor', '--json', ...args]);

async function askIn({ ns }: Host, [file, ...args]: readonly string[]): Promise<Answer> {
  const result = await ns.run(file!, args, { tolerant: true, timeoutMs: 30_000 });
  const lines = result.stdout.split('\n').map((line) => JSON.parse(line) as Record<string, string | null>);
  const found = lines.map(({ check, interface: name, state, found }) => [
    name === null ? check : `${String(name)} ${String(check)}`,
    `${String(state)} ${String(found)}`,
  ]);
  return { ...result, found: Object.fromEntries(found) as Record<string, string> };
}

test('a host with all it needs; nothing is left behind', async () => {
  const here = await leakSnapshot();
  const { exitCode, stderr, found } = await doctor(['-i', 'eth0', '--bpffs', bpffs.path, '--no-state']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(found).toMatchObject({
    'native addon': 'ok it loads',
    'XDP link': 'ok there (Linux 5.9 or later)',
    capabilities: 'ok CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON',
    bpffs: `ok ${bpffs.path}`,
    'eth0 link': 'ok up',
    'eth0 XDP mode': "ok native, by its driver's name (veth)",
    'eth0 XDP program': 'ok none is attached',
  });
  expect(await leaksSince(here)).toEqual([]);
});

test('a foreign program, no such interface, no bpffs: the first decides the exit code', async () => {
  const { ns } = pair.victim;
  await ns.ip('link', 'set', 'eth0', 'xdpgeneric', 'obj', foreign, 'sec', 'xdp');
  try {
    const alone = await doctor(['-i', 'eth0', '--bpffs', bpffs.path]);
    expect(alone).toMatchObject({
      exitCode: 6,
      stderr: expect.stringMatching(/^scanward: checking this host/) as string,
    });
    expect(alone.found['eth0 XDP program']).toMatch(/^missing another program is attached \(id \d+, generic\)$/);
    const more = await doctor(['-i', 'ethh0', '-i', 'eth0', '--bpffs', bpffs.path]);
    expect(more).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('and 1 more') as string });
    expect(await doctor(['-i', 'eth0', '--bpffs', '/tmp'])).toMatchObject({ exitCode: 2 });
    expect(await ns.ip('link', 'show', 'eth0')).toContain('xdpgeneric');
  } finally {
    await ns.ip('link', 'set', 'eth0', 'xdpgeneric', 'off');
  }
});

test('without -i, where there is no default route', async () => {
  expect(await doctor(['--bpffs', bpffs.path])).toMatchObject({
    exitCode: 5,
    found: { interfaces: 'missing there is no default route' },
  });
});

test('without capabilities it says what it could not look at', async () => {
  const launcher = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--reuid=65534', '--clear-groups'];
  const { exitCode, stderr, found } = await doctor(['-i', 'eth0', '--state', '/etc/x'], launcher);
  expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringContaining('bounding set') as string });
  expect(found).toMatchObject({
    features: 'warning not looked at: CAP_NET_ADMIN, CAP_PERFMON, CAP_BPF missing',
    'eth0 link': 'ok up',
    'state file': 'missing /etc/x cannot be written',
  });
});

test('capabilities of a user namespace only', async () => {
  const launcher = ['setpriv', '--reuid=65534', '--clear-groups', 'unshare', '--user', '--map-root-user', '--net'];
  const { exitCode, found } = await doctor(['-i', 'lo'], launcher);
  expect(exitCode).toBe(3);
  expect(found).toMatchObject({
    capabilities: expect.stringMatching(/^ok/) as string,
    features: expect.stringMatching(/^missing the kernel refuses BPF_/) as string,
  });
});

test('an instance that watches is told from others', async () => {
  const place = await guarded('running');
  try {
    const ask = (...args: string[]) =>
      askIn(place.victim, [
        process.execPath,
        scanwardBin,
        'doctor',
        '--json',
        '-i',
        'eth0',
        '--bpffs',
        place.bpffs,
        ...args,
      ]);
    const own = await ask();
    expect(own.exitCode).toBe(0);
    const watches = new RegExp(`instance default watches it \\(pid ${place.daemon.pid}; id \\d+, native\\)$`);
    expect(own.found['eth0 XDP program']).toMatch(watches);
    const other = await ask('--name', 'other');
    expect([other.exitCode, other.found['eth0 XDP program']]).toEqual([6, expect.stringMatching(watches)]);
  } finally {
    await place[Symbol.asyncDispose]();
  }
});
