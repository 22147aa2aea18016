import { createPair, Lines, nmap, repositoryFile } from '@scanward/testkit';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Containerd, RIGHTS } from './containerd.ts';
import { IMAGE, podman } from './engine.ts';

const COMMAND = ['/usr/bin/node', '/usr/lib/scanward/bin/scanward.js', 'run'];

test("the same image by containerd's ctr: a scan is seen and blocked, and SIGTERM ends it", async () => {
  await using pair = await createPair();
  await using containerd = await Containerd.start();
  const { victim, attacker } = pair;
  const archive = join(containerd.folder, 'image.tar');
  await podman(['save', '--format', 'oci-archive', '--output', archive, IMAGE]);
  await containerd.ctr('image', 'import', archive);

  const profile = ['--seccomp', '--seccomp-profile', repositoryFile('deploy/seccomp-profile.json')];
  const fifos = ['--fifo-dir', join(containerd.folder, 'fifos')];
  const place = ['run', '--rm', ...fifos, '--with-ns', `network:/run/netns/${victim.ns.name}`, ...RIGHTS, ...profile];
  const flags = ['-i', 'eth0', '-t', '100ms', '--no-pin', '--no-state'];
  const child = containerd.spawn(...place, IMAGE, 'scanward', ...COMMAND, ...flags);
  const [stdout, stderr] = [new Lines(child.stdout), new Lines(child.stderr)];
  try {
    await stderr.wait(/attached to eth0 \((native|generic)\)/, 30_000);
    const pid = / (\d+) +RUNNING/.exec((await containerd.ctr('task', 'list')).stdout)?.[1];
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    expect(status).toMatch(/^CapBnd:\t000000c000001000$/m);
    expect(status).toMatch(/^CapEff:\t000000c000001000$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);

    expect((await nmap(attacker.ns, victim.ipv4, { ports: '1-100' })).answered).toBeLessThanOrEqual(3);
    await stdout.wait(/Port scan detected: 10\.77\.0\.2 -> 10\.77\.0\.1/);
    await stdout.wait(/Blocked 10\.77\.0\.2 until/);
    await containerd.ctr('task', 'kill', '--signal', 'SIGTERM', 'scanward');
    expect((await child).exitCode).toBe(0);
  } catch (error) {
    await containerd.ctr('task', 'kill', '--signal', 'SIGKILL', 'scanward').catch(() => undefined);
    await child;
    throw error;
  }
  expect((await containerd.ctr('container', 'list', '--quiet')).stdout).toBe('');
  expect(await victim.ns.ip('-details', 'link', 'show', 'eth0')).not.toContain('prog/xdp');
});
