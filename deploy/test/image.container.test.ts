import { connect, createPair, listen, mountBpffs, nmap, type Bpffs, type Host } from '@scanward/testkit';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Container } from './container.ts';
import { IMAGE, podman } from './engine.ts';
import { filesOf, type ImageFile } from './image-files.ts';
import { profilePath } from './seccomp-profile.ts';

/** CAP_NET_ADMIN, CAP_PERFMON, CAP_BPF. */
const THREE = ((1n << 12n) | (1n << 38n) | (1n << 39n)).toString(16).padStart(16, '0');

const fields = (status: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]]));

/** nmap sees no more than the ports up to the one that gives it away, and after that nothing. */
async function scanIsBlocked(attacker: Host, victim: Host, container: Container): Promise<void> {
  const first = await nmap(attacker.ns, victim.ipv4, { ports: '1-100' });
  expect(first.answered).toBeLessThanOrEqual(3);
  await container.stdout.wait(/Port scan detected: 10\.77\.0\.2 -> 10\.77\.0\.1/);
  await container.stdout.wait(/Blocked 10\.77\.0\.2 until/);
  expect(await connect(attacker.ns, victim.ipv4, 80)).toBe('filtered');
}

let pair: Awaited<ReturnType<typeof createPair>>;
let servers: AsyncDisposable;
beforeAll(async () => {
  pair = await createPair();
  servers = await listen(pair.victim.ns, [80]);
});
afterAll(async () => {
  await servers[Symbol.asyncDispose]();
  await pair[Symbol.asyncDispose]();
});

const pinned = (bpffs: Bpffs): string => join(bpffs.path, '..');
const programsAttached = async () => (await pair.victim.ns.ip('-details', 'link', 'show', 'eth0')).includes('prog/xdp');

test('read-only, with three capabilities, under the profile, it sees a scan and blocks it', async () => {
  const begun = performance.now();
  await using container = await Container.start(pair.victim.ns);
  process.stdout.write(`attached ${Math.round(performance.now() - begun)} ms after the command that started it\n`);
  const has = fields(await container.status(), ['CapEff', 'CapPrm', 'CapBnd', 'NoNewPrivs', 'Seccomp']);
  expect(has).toEqual({ CapEff: THREE, CapPrm: THREE, CapBnd: THREE, NoNewPrivs: '1', Seccomp: '2' });
  expect(await container.inspect('{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.SecurityOpt}}')).toMatch(
    /^true .*seccomp=\S*deploy\/seccomp-profile\.json/,
  );
  expect(await connect(pair.attacker.ns, pair.victim.ipv4, 80)).toBe('open');
  await scanIsBlocked(pair.attacker, pair.victim, container);
});

test('podman stop: it ends by itself; the state stays, and nothing else', async () => {
  await using bpffs = await mountBpffs();
  await using container = await Container.start(pair.victim.ns, { pins: pinned(bpffs) });
  await scanIsBlocked(pair.attacker, pair.victim, container);
  const state = await container.state();
  const begun = performance.now();
  await podman(['stop', '--time', '10', container.name]);
  process.stdout.write(`stopped ${Math.round(performance.now() - begun)} ms after the command that asked for it\n`);
  // 137 if it had to be killed.
  expect(await container.exitCode()).toBe(0);
  expect(await programsAttached()).toBe(false);
  expect(readdirSync(bpffs.path)).toEqual([]);
  expect(readdirSync(state).sort()).toEqual(['scans.jsonl', 'state.json']);
  expect((await podman(['ps', '--all', '--format', '{{.Names}}'])).stdout.split('\n')).not.toContain(container.name);

  await using next = await Container.start(pair.victim.ns, { pins: pinned(bpffs), name: container.name });
  expect(next.stderr.matching(/restored 1 block/)).toHaveLength(1);
  expect(await connect(pair.attacker.ns, pair.victim.ipv4, 80)).toBe('filtered');
  expect(await next.run('unblock', '10.77.0.2')).toMatch(/10\.77\.0\.2/);
  expect(await connect(pair.attacker.ns, pair.victim.ipv4, 80)).toBe('open');
});

test('a kill of its process: what is pinned goes on to block, and the next container takes it over', async () => {
  await using bpffs = await mountBpffs();
  await using container = await Container.start(pair.victim.ns, { pins: pinned(bpffs) });
  await scanIsBlocked(pair.attacker, pair.victim, container);
  await podman(['kill', '--signal', 'KILL', container.name]);
  expect(await container.exitCode()).toBe(137);
  expect(await programsAttached()).toBe(true);
  expect(readdirSync(bpffs.path)).toEqual(['default']);
  expect(await connect(pair.attacker.ns, pair.victim.ipv4, 80)).toBe('filtered');

  await using next = await Container.start(pair.victim.ns, { pins: pinned(bpffs), name: container.name });
  expect(await next.run('blocks', '--plain')).toBe('10.77.0.2');
  // A removal is a stop: podman sends SIGTERM first.
  await podman(['rm', '--force', '--time', '5', next.name]);
  expect(await programsAttached()).toBe(false);
  expect(readdirSync(bpffs.path)).toEqual([]);
});

test('a kill without pins leaves nothing', async () => {
  await using container = await Container.start(pair.victim.ns);
  expect(await programsAttached()).toBe(true);
  await podman(['kill', '--signal', 'KILL', container.name]);
  expect(await container.exitCode()).toBe(137);
  expect(await programsAttached()).toBe(false);
});

test('without one of the capabilities it says which, and what to do', async () => {
  const { victim } = pair;
  const rights = ['BPF', 'NET_ADMIN'].flatMap((name) => ['--cap-add', name]);
  const place = ['run', '--rm', '--network', `ns:/run/netns/${victim.ns.name}`, '--read-only', '--cap-drop', 'ALL'];
  const profile = ['--security-opt', `seccomp=${profilePath}`];
  const args = [...place, ...rights, ...profile, IMAGE, 'run', '-i', 'eth0', '--no-state', '--no-events'];
  const { exitCode, stderr } = await podman(args, { tolerant: true });
  expect(stderr).toContain('CAP_PERFMON');
  expect(exitCode).toBe(3);
  expect(await programsAttached()).toBe(false);
});

test('in it are Node, its libraries and the command: no shell, compiler or package manager', async () => {
  const files: readonly ImageFile[] = await filesOf(IMAGE);
  const programs = files.filter(({ mode, path }) => (mode & 0o111) !== 0 && !/\.so(\.|$)|\.node$/.test(path));
  expect(programs.map(({ path }) => path).sort()).toEqual(['usr/bin/node', 'usr/lib/scanward/bin/scanward.js']);
  const names = files.map(({ path }) => path.split('/').at(-1)!);
  const unwanted =
    /^(sh|bash|dash|ash|busybox|env|apt.*|dpkg|dpkg-.*|npm|npx|yarn|cc|gcc.*|g\+\+.*|clang.*|ld|as|make|python.*|perl)$/;
  expect(names.filter((name) => unwanted.test(name))).toEqual([]);
  const setuid = files.filter(({ mode }) => (mode & 0o6000) !== 0);
  expect(setuid).toEqual([]);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  process.stdout.write(`${files.length} files, ${(bytes / 1e6).toFixed(1)} MB in ${IMAGE}\n`);
});

test('what it says of itself', async () => {
  const { stdout } = await podman(['image', 'inspect', '--format', '{{json .Config}}', IMAGE]);
  const config = JSON.parse(stdout) as { Entrypoint: string[]; Cmd: string[]; Labels: Record<string, string> };
  expect(config.Entrypoint).toEqual(['/usr/bin/node', '/usr/lib/scanward/bin/scanward.js']);
  expect(config.Cmd).toEqual(['run']);
  const version = (await podman(['run', '--rm', '--network', 'none', IMAGE, '--version'])).stdout;
  expect(config.Labels['org.opencontainers.image.version']).toBe(version);
  expect(config.Labels['org.opencontainers.image.licenses']).toBe('Apache-2.0 AND GPL-2.0-only');
});
