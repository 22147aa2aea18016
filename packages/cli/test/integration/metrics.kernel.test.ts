import { createPair, nmap, patience, Scanward } from '@scanward/testkit';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchIn, promtool, RULES, RULES_TEST, startPrometheus, valueOf } from './prometheus.ts';

const DEFAULT = 'http://127.0.0.1:9464/metrics';

let pair: Awaited<ReturnType<typeof createPair>>;
beforeAll(async () => {
  pair = await createPair();
});
afterAll(() => pair[Symbol.asyncDispose]());

/** Everything that listens in the victim's namespace: `127.0.0.1:9464`. */
async function listeners(): Promise<string[]> {
  const { stdout } = await pair.victim.ns.run('ss', ['-Hltn']);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(/\s+/)[3]!);
}

test('the shipped rules are right, and each alert fires when it should', async () => {
  expect(await promtool(['check', 'rules', RULES])).toMatchObject({ exitCode: 0 });
  expect(await promtool(['test', 'rules', RULES_TEST])).toMatchObject({ exitCode: 0 });
});

test('a scan is an alert of a real Prometheus by the shipped rules', { timeout: patience(60_000) }, async () => {
  const { victim, attacker } = pair;
  await using scanward = await Scanward.start(victim.ns, { args: ['-t', '50ms', '-d', '500ms'] });
  await scanward.stderr.wait(/^scanward: metrics at http:\/\/127\.0\.0\.1:9464\/metrics$/);
  expect(await listeners()).toEqual(['127.0.0.1:9464']);
  expect((await fetchIn(attacker.ns, `http://${victim.ipv4}:9464/metrics`)).status).toBe('ECONNREFUSED');

  await using prometheus = await startPrometheus(victim.ns, '127.0.0.1:9464');
  const page = async () => (await fetchIn(victim.ns, DEFAULT)).body;
  const before = await page();
  expect(await promtool(['check', 'metrics'], before)).toEqual({ exitCode: 0, said: '' });
  expect(valueOf(before, 'scanward_scans_total{shape="vertical"}')).toBe(0);
  expect(valueOf(before, 'scanward_attached{interface="eth0"}')).toBe(1);
  expect(await prometheus.firing()).toEqual([]);

  await nmap(attacker.ns, victim.ipv4, { ports: '1-50' });
  await expect
    .poll(() => prometheus.firing(), { timeout: patience(10_000), interval: 200 })
    .toContainEqual({ name: 'ScanwardScanDetected', summary: 'Port scan (vertical) at 127.0.0.1:9464' });
  const after = await page();
  expect(await promtool(['check', 'metrics'], after)).toEqual({ exitCode: 0, said: '' });
  expect(valueOf(after, 'scanward_scans_total{shape="vertical"}')).toBe(1);
  expect(valueOf(after, 'scanward_connections_total')).toBe(3);
  expect(valueOf(after, 'scanward_probes_total{kind="syn"}')).toBe(3);
  expect(valueOf(after, 'scanward_blocks{type="source"}')).toBe(1);
  expect(valueOf(after, 'scanward_blocks_made_total{by="program"}')).toBe(1);
  expect(valueOf(after, 'scanward_table_entries{table="blocks"}')).toBe(1);
  expect(valueOf(after, 'scanward_packets_total{action="drop",verdict="threshold"}')).toBe(1);
  expect(valueOf(after, 'scanward_packets_total{action="drop",verdict="blocked"}')).toBeGreaterThan(40);

  for (const [path, method, status] of [
    ['/', 'GET', 404],
    ['/metrics', 'POST', 405],
    ['/metrics', 'HEAD', 200],
  ] as const)
    expect((await fetchIn(victim.ns, `http://127.0.0.1:9464${path}`, method)).status).toBe(status);

  expect(await scanward.stop()).toMatchObject({ exitCode: 0 });
  expect(await listeners()).toEqual(['127.0.0.1:9090']);
  await expect
    .poll(() => prometheus.firing(), { timeout: patience(10_000), interval: 200 })
    .toContainEqual({ name: 'ScanwardDown', summary: 'Scanward at 127.0.0.1:9464 does not answer' });
});

test('a port in use: by default a warning, named the end', async () => {
  const { victim } = pair;
  await using first = await Scanward.start(victim.ns);
  await first.stderr.wait(/metrics at/);
  await using second = await Scanward.start(victim.ns, { args: ['-i', 'lo'] });
  await second.stderr.wait(
    /^scanward: warning: no metrics at 127\.0\.0\.1:9464: the port is in use: name another place /,
  );
  await using named = Scanward.spawn(victim.ns, { args: ['-i', 'lo', '--metrics', '127.0.0.1:9464'] });
  expect(await named.ended()).toMatchObject({ exitCode: 13 });
  expect(named.stderr.texts).toEqual([
    'scanward: metrics at 127.0.0.1:9464: the port is in use: name another place with --metrics, or say --metrics off',
  ]);
  expect(await second.stop()).toMatchObject({ exitCode: 0 });
});

test('elsewhere only when asked: an address for others, a port that is free, a socket for root', async () => {
  const { victim, attacker } = pair;
  const folder = await mkdtemp(join(tmpdir(), 'scanward-metrics-'));
  await using _folder = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  {
    await using open = await Scanward.start(victim.ns, { args: ['--metrics', `${victim.ipv4}:0`] });
    const { text } = await open.stderr.wait(/metrics at/);
    const [url = ''] = /http:\S+/.exec(text) ?? [];
    expect(await listeners()).toEqual([url.slice('http://'.length, -'/metrics'.length)]);
    expect((await fetchIn(attacker.ns, url)).body).toContain('scanward_build_info{');
  }
  const path = join(folder, 'm.sock');
  const args = ['--metrics', `unix:${path}`];
  await using killed = await Scanward.start(victim.ns, { args });
  await killed.kill();
  expect(existsSync(path)).toBe(true);
  await using scanward = await Scanward.start(victim.ns, { args });
  expect(await listeners()).toEqual([]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await expect.poll(async () => (await fetchIn(victim.ns, `unix:${path}`)).status, { timeout: 5_000 }).toBe(200);
  expect(await scanward.stop()).toMatchObject({ exitCode: 0 });
  expect(existsSync(path)).toBe(false);
});

test('without a loopback it warns and protects; off, nobody listens', async () => {
  const { victim } = pair;
  await victim.ns.ipBatch(['link set lo down', 'address flush dev lo']);
  await using scanward = await Scanward.start(victim.ns);
  await scanward.stderr.wait(/^scanward: warning: no metrics at 127\.0\.0\.1:9464: the loopback interface is down: /);
  expect(await scanward.stop()).toMatchObject({ exitCode: 0 });
  await victim.ns.ip('link', 'set', 'lo', 'up');
  await using off = await Scanward.start(victim.ns, { args: ['--metrics', 'off'] });
  expect(await off.stop()).toMatchObject({ exitCode: 0 });
  expect(off.stderr.matching(/metrics/)).toEqual([]);
});
