import { atPace, leakSnapshot, leaksSince, patience } from '@scanward/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DaemonState, type Guarded, guarded } from './commands.ts';
import { literally } from './seen.ts';

const MALLORY = '10.77.0.51';
const NET = '10.77.5.0/24';
const IN_NET = '10.77.5.9';
const ports = (count: number, first = 1) => Array.from({ length: count }, (_, i) => first + i);

describe.each(['running', 'dead'] satisfies DaemonState[])('a daemon that is %s', (state) => {
  let place: Guarded;
  let before: string;
  beforeAll(async () => {
    before = await leakSnapshot();
    place = await guarded(state);
  });
  afterAll(async () => {
    await place[Symbol.asyncDispose]();
    expect(await leaksSince(before)).toEqual([]);
  });

  const dropped = async () => (await place.objects('status'))[0]!['dropped'] as { packets: number; bytes: number };
  const blockOf = async (address: string) =>
    (await place.objects('blocks')).find((block) => block['address'] === address);
  const told = async (pattern: RegExp) => {
    if (state === 'running') await place.daemon.stdout.wait(pattern);
  };
  const kept = (prefix: string, kind = 'block') =>
    expect.poll(() => place.state().some((entry) => entry.kind === kind && entry.prefix === prefix), {
      timeout: patience(5_000),
    });

  test('status', async () => {
    const [status] = await place.objects('status');
    expect(status).toMatchObject({
      name: 'default',
      bpffs: place.bpffs,
      daemon: state === 'running' ? { running: true, pid: place.daemon.pid } : { running: false, pid: null },
      interfaces: [{ name: 'eth0', mode: 'native' }],
      policy: { mode: 'kernel', response: 'block', threshold: 3, window_seconds: 60, block_ttl_seconds: 3_600 },
      blocks: { sources: 0, sources_max: 65_536, nets: 0, nets_max: 65_536 },
    });
    const { stdout, exitCode } = await place.run('status');
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^interfaces {2}eth0 \(native\) since /m)]);
  });

  test('block: from the next packet on, counted to the byte; the daemon tells it; the state file has it', async () => {
    const was = await dropped();
    expect(await place.run(`block ${MALLORY} --for 10m --reason test`)).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringMatching(new RegExp(`^Blocked ${literally(MALLORY)} until .* \\(10m\\)`)) as string,
    });
    const bytes = await place.syns(MALLORY, ports(10));
    expect(await blockOf(MALLORY)).toMatchObject({ reason: 'operator', text: 'test', packets: 10, bytes });
    expect(await dropped()).toEqual({ packets: was.packets + 10, bytes: was.bytes + bytes });
    await told(new RegExp(`Blocked ${literally(MALLORY)} until .* \\(operator`));
    await kept(MALLORY).toBe(true);
  });

  test('blocking again replaces', async () => {
    const { stdout } = await place.run(`block ${MALLORY} --forever`);
    expect(stdout).toContain(`Blocked ${MALLORY} for ever, in place of ${MALLORY} (operator: test; 9m`);
    expect(await blockOf(MALLORY)).toMatchObject({ until: null, packets: 0 });
    expect(await blockOf(MALLORY)).not.toHaveProperty('text');
  });

  test('unblock: the next packet arrives, and old probes count no more', async () => {
    expect(await place.run(`unblock ${MALLORY}`)).toMatchObject({ exitCode: 0 });
    const was = await dropped();
    await place.syns(MALLORY, ports(3, 100));
    expect(await dropped()).toEqual(was);
    expect(await place.run(`unblock ${MALLORY}`)).toMatchObject({
      exitCode: 9,
      stderr: `scanward: unblocking ${MALLORY}: it is not blocked: see scanward blocks`,
    });
    await told(new RegExp(`Unblocked ${literally(MALLORY)}`));
    await kept(MALLORY).toBe(false);
  });

  test('sources: who touched what', async () => {
    const listed = await place.objects('sources');
    expect(listed.find((source) => source['source'] === MALLORY)).toMatchObject({
      ports: [102, 101, 100],
      over: false,
      last_destination: place.victim.ipv4,
    });
    await place.syns('10.77.0.61', [7]);
    expect((await place.objects('sources')).at(-1)).toMatchObject({ one_port_sources: 1 });
  });

  test('a scanner is blocked, unblocked with a grace, and then may scan', async () => {
    const scanner = '10.77.0.52';
    await place.syns(scanner, ports(5));
    const found = await blockOf(scanner);
    expect(found).toMatchObject({ reason: 'scan' });
    // Only the daemon notes a scan's ports.
    if (state === 'running') {
      await told(new RegExp(`Blocked ${literally(scanner)} until .* \\(port scan\\)`));
      expect(await blockOf(scanner)).toMatchObject({ ports: [1, 2, 3, 4] });
      expect(await place.objects('blocks --filter port=4')).toHaveLength(1);
    }
    expect((await place.run(`unblock ${scanner} --grace 10m`)).stdout).toContain('not blocked for scans before');
    const was = await dropped();
    await place.syns(scanner, ports(20, 200));
    expect(await dropped()).toEqual(was);
    expect(await blockOf(scanner)).toBeUndefined();
    await kept(scanner, 'grace').toBe(true);
  });

  test('unblocked without one it is blocked for new probes only', async () => {
    const scanner = '10.77.0.53';
    await place.syns(scanner, ports(5));
    await place.run(`unblock ${scanner}`);
    const was = await dropped();
    await place.syns(scanner, ports(3, 300));
    expect(await dropped()).toEqual(was);
    await place.syns(scanner, ports(1, 303));
    expect(await blockOf(scanner)).toMatchObject({ reason: 'scan' });
  });

  test('an IPv6 source is unblocked by any of its addresses', async () => {
    await place.syns('2001:db8:bad::1', ports(5));
    expect(await blockOf('2001:db8:bad::/64')).toMatchObject({ reason: 'scan' });
    const { stdout } = await place.run('unblock 2001:db8:bad::77');
    expect(stdout).toMatch(/^Unblocked 2001:db8:bad::\/64 .*: the source that 2001:db8:bad::77 belongs to$/m);
    expect(await blockOf('2001:db8:bad::/64')).toBeUndefined();
  });

  test('a net, and an address within', async () => {
    expect(await place.run(`block ${NET} --reason neighbours`)).toMatchObject({ exitCode: 0 });
    const bytes = await place.syns(IN_NET, ports(2));
    expect(await blockOf(NET)).toMatchObject({ packets: 2, bytes, text: 'neighbours' });
    expect(await place.run(`unblock ${IN_NET}`)).toMatchObject({
      exitCode: 9,
      stderr: expect.stringContaining(
        `it is not blocked by itself but lies in ${NET}: scanward unblock ${NET}`,
      ) as string,
    });
    expect(await place.run(`block ${place.victim.ipv4.replace(/\d+$/, '0')}/24 --for 1s`)).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('these stay allowed: ') as string,
    });
    await kept(NET).toBe(true);
    expect(await place.run(`unblock ${NET}`)).toMatchObject({ exitCode: 0 });
    await place.syns(IN_NET, ports(1, 50));
    expect(await blockOf(NET)).toBeUndefined();
  });

  test('allow: lifts, lasts, is taken back', async () => {
    const friend = '10.77.0.54';
    await place.run(`block ${friend} --forever`);
    expect((await place.run(`allow add ${friend}`)).stdout).toBe(`Allowed ${friend}: 1 block lifted`);
    expect(await place.run(`block ${friend}`)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`scanward allow remove ${friend}`) as string,
    });
    const was = await dropped();
    await place.syns(friend, ports(20));
    expect(await dropped()).toEqual(was);
    const list = await place.objects('allow');
    expect(list).toContainEqual({ address: friend, reason: 'command' });
    expect(list).toContainEqual({ address: place.victim.ipv4, reason: 'own' });
    await kept(friend, 'allow').toBe(true);
    expect(await place.run(`allow remove ${place.victim.ipv4}`)).toMatchObject({ exitCode: 2 });
    expect(await place.run(`allow remove ${friend}`)).toMatchObject({ exitCode: 0 });
    expect(await place.run(`allow remove ${friend}`)).toMatchObject({ exitCode: 9 });
    await place.syns(friend, ports(3, 400));
    expect(await dropped()).toEqual(was);
  });

  test('eight at once lose nothing', async () => {
    const many = ports(8).map((i) => `10.9.0.${i}`);
    const done = await Promise.all(many.map((address) => place.run(`block ${address} --forever`)));
    expect(done.map(({ exitCode, stderr }) => `${String(exitCode)}${stderr}`)).toEqual(many.map(() => '0'));
    const listed = (await place.objects('blocks --sort address --filter net=10.9.0.0/24')).map(
      (block) => block['address'],
    );
    expect(listed).toEqual(many);
    for (const address of many) await kept(address).toBe(true);
  });

  test('unblock --all', async () => {
    await place.run(`block ${NET}`);
    expect((await place.run('unblock --all')).stdout).toMatch(/^Unblocked \d+ sources and \d+ nets?$/);
    expect(await place.objects('blocks')).toEqual([]);
    await expect
      .poll(() => place.state().filter(({ kind }) => kind === 'block'), { timeout: patience(5_000) })
      .toEqual([]);
  });

  test.each(
    atPace(
      ['status', 'blocks', 'block 10.9.9.9', 'unblock --all', 'allow', 'allow add 10.9.9.9', 'sources', 'detach'],
      ['status', 'block 10.9.9.9'],
    ),
  )('without rights: %s', async (line) => {
    const launcher = ['setpriv', '--bounding-set=-all', '--inh-caps=-all'];
    expect(await place.run(line, { launcher })).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: expect.stringMatching(
        /missing: run it as root \(sudo\) or grant CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON$/,
      ) as string,
    });
  });

  test('no such instance', async () => {
    for (const line of ['status --name nobody', 'block 10.9.9.9 --name nobody', 'detach --name nobody']) {
      expect(await place.run(line)).toMatchObject({ exitCode: 9, stdout: '' });
    }
  });

  test('detach', async () => {
    if (state === 'running') {
      expect(await place.run('detach')).toMatchObject({
        exitCode: 10,
        stderr: expect.stringContaining(`a daemon runs (pid ${place.daemon.pid}): stop it`) as string,
      });
      expect(await place.run('detach -i eth0')).toMatchObject({ exitCode: 10 });
      return;
    }
    expect(await place.run('detach -i eth1')).toMatchObject({ exitCode: 9 });
    expect((await place.run('detach -i eth0')).stdout).toBe(
      'Detached from eth0; its maps stay: scanward detach removes them',
    );
    expect(await place.victim.ns.ip('link', 'show', 'eth0')).not.toContain('xdp');
    expect(await place.run('detach')).toMatchObject({ exitCode: 0 });
    expect(await place.run('detach')).toMatchObject({ exitCode: 9 });
    expect(await place.run('status')).toMatchObject({ exitCode: 9 });
  });
});
