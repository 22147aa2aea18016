import { setTimeout as sleep } from 'node:timers/promises';
import { BpfSyscallError, MapCreateError } from '@scanward/loader-native';
import { expect, test } from 'vitest';
import { fakeSystem } from '../test/fake-system.ts';
import { parseArguments } from './flags/program.ts';
import { run } from './run.ts';
import { sha256 } from './system/sha256.ts';

const options = (...args: string[]) => {
  const request = parseArguments(['run', '-t', '10ms', ...args], '1.2.3');
  if (request.command !== 'run') throw new Error('not run');
  return request.options;
};
const attached = async (fake: ReturnType<typeof fakeSystem>) => {
  while (!fake.stderr.text.includes('attached to')) await sleep(1);
};

test('loads, writes the policy, attaches, and a signal undoes it in the right order', async () => {
  const fake = fakeSystem();
  const running = run(options(), fake.host, fake.system);
  await attached(fake);
  fake.signal('SIGTERM');
  await running;
  expect(fake.done.filter((step, i) => step !== fake.done[i - 1])).toEqual([
    'load',
    'policy',
    'attach eth0',
    'listen 127.0.0.1:9464',
    'deaf',
    'detach eth0',
    'close',
  ]);
  const said = fake.stderr.text.split('\n').filter(Boolean);
  expect(said.every((line) => line.startsWith('scanward: '))).toBe(true);
  expect(said[0]).toBe('scanward: mode kernel, response block for 1h, threshold 3 ports in 1m');
  expect(said[1]).toMatch(
    /^scanward: room for 65,536 sources and 65,536 blocks: 40 MiB of kernel memory, up to \d MiB in this process$/,
  );
  expect(fake.stderr.text).toContain('10.0.0.5 (own address)');
  expect(fake.stderr.text).toContain('10.0.0.1 (gateway)');
  expect(said.at(-1)).toContain('saw 0 connections');
  expect(fake.listening()).toBe(0);
});

test('the state file is written before the maps are closed, also when nothing could be attached', async () => {
  const given = () => {
    const fake = fakeSystem();
    fake.state = {
      name: 'state.json',
      read: () => undefined,
      write: async (lines) => {
        fake.done.push(`state of ${Array.from(lines).length} lines`);
        await sleep(5);
        fake.done.push('state');
      },
      setAside: () => '',
      sha256,
    };
    return fake;
  };
  const fake = given();
  const running = run(options(), fake.host, fake.system);
  await attached(fake);
  fake.signal('SIGTERM');
  await running;
  expect(fake.done.slice(-3)).toEqual(['state of 3 lines', 'state', 'close']);

  const refused = given();
  refused.refusals.set('eth0', new BpfSyscallError('BPF_LINK_CREATE', 12));
  await expect(run(options(), refused.host, refused.system)).rejects.toMatchObject({ exitCode: 8 });
  expect(refused.done.slice(-2)).toEqual(['state', 'close']);
});

test('a reader that is gone is a clean stop', async () => {
  const fake = fakeSystem();
  const running = run(options(), fake.host, fake.system);
  await attached(fake);
  fake.readerGone();
  await running;
  expect(fake.done).toContain('detach eth0');
});

test('stdout that fails otherwise is an error, and nothing stays attached', async () => {
  const fake = fakeSystem();
  const running = run(options(), fake.host, fake.system);
  await attached(fake);
  fake.stdout.destroy(Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' }));
  await expect(running).rejects.toMatchObject({
    exitCode: 1,
    message: 'writing to stdout: write ENOSPC: make room, or send it elsewhere',
  });
  expect(fake.done.slice(-2)).toEqual(['detach eth0', 'close']);
});

test('a watcher that fails ends it, and nothing stays attached', async () => {
  const fake = fakeSystem();
  const running = run(options(), fake.host, fake.system);
  await attached(fake);
  fake.drainError = new BpfSyscallError('BPF_MAP_LOOKUP_ELEM', 12);
  await expect(running).rejects.toMatchObject({ exitCode: 8 });
  expect(fake.done.slice(-2)).toEqual(['detach eth0', 'close']);
});

test('a start that fails says nothing but its error, and closes what it opened', async () => {
  const refused = fakeSystem();
  refused.links.push({ ifindex: 3, name: 'eth1', up: true });
  refused.refusals.set('eth1', new BpfSyscallError('BPF_LINK_CREATE', 12));
  await expect(run(options('-i', 'eth0', '-i', 'eth1'), refused.host, refused.system)).rejects.toMatchObject({
    exitCode: 8,
  });
  expect(refused.done.slice(-3)).toEqual(['attach eth0', 'revert eth0', 'close']);
  expect(refused.stderr.text).toBe('');

  const broken = fakeSystem();
  broken.policyError = new BpfSyscallError('BPF_MAP_UPDATE_ELEM', 12);
  await expect(run(options(), broken.host, broken.system)).rejects.toMatchObject({ exitCode: 8 });
  expect(broken.done).toEqual(['load', 'close']);
  expect(broken.stderr.text).toBe('');
});

test('memory that cannot be had is told with the flag that asks for it, and nothing stays', async () => {
  const kernel = fakeSystem();
  kernel.loadError = new MapCreateError(12, 'blocked');
  await expect(run(options(), kernel.host, kernel.system)).rejects.toMatchObject({
    exitCode: 8,
    message: 'loading the program: not enough memory (map blocked): lower --max-blocks',
  });
  const process = fakeSystem();
  const huge = options('--mode', 'user', '-n', '1024', '--max-sources', '4194304');
  await expect(run(huge, process.host, process.system)).rejects.toMatchObject({
    exitCode: 8,
    message: 'making the tables: not enough memory for the detector: lower --max-sources',
  });
  expect(process.done).toEqual(['load', 'close']);
});

test('nothing is loaded without the interface or the rights', async () => {
  const missing = fakeSystem();
  await expect(run(options('-i', 'eht0'), missing.host, missing.system)).rejects.toMatchObject({
    exitCode: 5,
    message: 'attaching to eht0: no such interface: did you mean eth0?',
  });
  const powerless = fakeSystem();
  powerless.files['/proc/self/status'] = 'CapEff:\t0000000000001000\n';
  await expect(run(options(), powerless.host, powerless.system)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('CAP_PERFMON, CAP_BPF missing') as string,
  });
  expect([...missing.done, ...powerless.done]).toEqual([]);
});

test('what is pinned is pinned before it is attached, and removed by a signal', async () => {
  const fake = fakeSystem();
  fake.pin();
  const running = run(options(), fake.host, fake.system);
  await attached(fake);
  fake.signal('SIGTERM');
  await running;
  const steps = ['load', 'policy', 'keep', 'attach eth0', 'settle eth0'];
  const ends = ['listen 127.0.0.1:9464', 'deaf', 'detach eth0', 'remove', 'close'];
  expect(fake.done.filter((step, i) => step !== fake.done[i - 1])).toEqual([...steps, ...ends]);
  expect(fake.stderr.text).toContain('scanward: instance wan: goes on with what was pinned\n');
  expect(fake.stderr.text).toContain('scanward: warning: something is odd\n');
  expect(fake.stderr.text).toContain('scanward: eth7 is no longer asked for: detached\n');
});

test.each([
  ['it is asked to', ['--keep-on-exit'], (fake: ReturnType<typeof fakeSystem>) => fake.signal('SIGTERM')],
  [
    'something fails',
    [],
    (fake: ReturnType<typeof fakeSystem>) => (fake.drainError = new BpfSyscallError('BPF_MAP_LOOKUP_ELEM', 12)),
  ],
] as const)('what is pinned stays when %s', async (_, flags, end) => {
  const fake = fakeSystem();
  fake.pin();
  const running = run(options(...flags), fake.host, fake.system).catch(() => undefined);
  await attached(fake);
  end(fake);
  await running;
  expect(fake.done.slice(-2)).toEqual(['leave eth0', 'close']);
  expect(fake.stderr.text).toContain('the program stays attached: scanward detach takes it off');
});

test('a start that fails brings back what was', async () => {
  const fake = fakeSystem();
  fake.pin();
  fake.links.push({ ifindex: 3, name: 'eth1', up: true });
  fake.refusals.set('eth1', new BpfSyscallError('BPF_LINK_CREATE', 12));
  await expect(run(options('-i', 'eth0', '-i', 'eth1'), fake.host, fake.system)).rejects.toMatchObject({ exitCode: 8 });
  expect(fake.done.slice(-3)).toEqual(['revert eth0', 'revert', 'close']);
});

test('a start that fails brings back what was, though the daemon cannot even end well', async () => {
  const fake = fakeSystem();
  fake.pin();
  fake.drainError = new Error('ring broken');
  fake.refusals.set('eth0', new Error('attach refused'));
  await expect(run(options(), fake.host, fake.system)).rejects.toThrow('attach refused');
  expect(fake.done.slice(-2)).toEqual(['revert', 'close']);
});

test('a signal removes what is pinned, though the last lines cannot be had', async () => {
  const fake = fakeSystem();
  fake.pin();
  const running = run({ ...options(), trackingPeriodMs: 60_000 }, fake.host, fake.system);
  await attached(fake);
  fake.drainError = new Error('ring broken');
  fake.signal('SIGTERM');
  await expect(running).rejects.toThrow('ring broken');
  expect(fake.done.slice(-3)).toEqual(['detach eth0', 'remove', 'close']);
});

test('metrics at a place that was named come before anything is attached, and so does their refusal', async () => {
  const fake = fakeSystem();
  const running = run(options('--metrics', '127.0.0.1:0'), fake.host, fake.system);
  await attached(fake);
  fake.signal('SIGTERM');
  await running;
  expect(fake.done.indexOf('listen 127.0.0.1:0')).toBeLessThan(fake.done.indexOf('attach eth0'));
  expect(fake.done.filter((step) => step.startsWith('listen'))).toHaveLength(1);
  expect(fake.stderr.text).toContain('scanward: metrics at http://127.0.0.1:4/metrics\n');

  const refused = fakeSystem();
  refused.metrics.refusal = Object.assign(new Error('no'), { code: 'EADDRINUSE' });
  await expect(run(options('--metrics', '127.0.0.1:80'), refused.host, refused.system)).rejects.toMatchObject({
    exitCode: 13,
    message: 'metrics at 127.0.0.1:80: the port is in use: name another place with --metrics, or say --metrics off',
  });
  expect(refused.done).toEqual(['load', 'close']);
  expect(refused.stderr.text).toBe('');
});

test('metrics that were not named are no reason not to protect', async () => {
  const fake = fakeSystem();
  fake.metrics.refusal = Object.assign(new Error('no'), { code: 'EADDRNOTAVAIL' });
  const running = run(options(), fake.host, fake.system);
  while (!fake.stderr.text.includes('no metrics')) await sleep(1);
  fake.signal('SIGTERM');
  await running;
  expect(fake.stderr.text).toContain(
    'scanward: warning: no metrics at 127.0.0.1:9464: the loopback interface is down: name another place',
  );
  expect(fake.done).toContain('attach eth0');
});

test('metrics that are off are not listened for, and those of a start that fails are gone', async () => {
  const fake = fakeSystem();
  const running = run(options('--metrics', 'off'), fake.host, fake.system);
  await attached(fake);
  fake.signal('SIGTERM');
  await running;
  const refused = fakeSystem();
  refused.refusals.set('eth0', new BpfSyscallError('BPF_LINK_CREATE', 12));
  const failing = run(options('--metrics', '127.0.0.1:0'), refused.host, refused.system);
  await expect(failing).rejects.toMatchObject({ exitCode: 8 });
  expect(fake.done.join()).not.toContain('listen');
  expect(refused.done).toContain('deaf');
  expect(fake.stderr.text).not.toContain('metrics');
});

test('metrics are those of the daemon and of its interfaces', async () => {
  const fake = fakeSystem();
  const running = run(options(), fake.host, fake.system);
  while (!fake.stderr.text.includes('metrics at')) await sleep(1);
  let answer = await fake.metrics.ask?.({ method: 'GET', url: '/metrics' });
  while (answer?.status === 503) answer = await fake.metrics.ask?.({ method: 'GET', url: '/metrics' });
  fake.signal('SIGTERM');
  await running;
  expect(answer?.body.split('\n')).toEqual(expect.arrayContaining(['scanward_scans_total', 'scanward_attached']));
});
