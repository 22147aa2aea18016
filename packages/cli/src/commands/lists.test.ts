import { formatPrefix, type Prefix } from '@scanward/daemon';
import { BpfSyscallError } from '@scanward/loader-native';
import { describe, expect, test } from 'vitest';
import { commandLine } from '../../test/command-line.ts';
import { blockOf, fakeInstance, NOW, sourceOf } from '../../test/fake-instance.ts';
import { parseListLine } from '../lists/list-line.ts';
import { widthOf } from '../tables/wrap.ts';

/** Narrow and wide values of everything. */
function full() {
  const fake = fakeInstance();
  const SECOND = 1_000_000_000n;
  fake.block(blockOf('192.0.2.56', { packets: 1_024n, bytes: 61_440n }));
  fake.block(blockOf('1.1.1.1', { expiryNs: NOW.monotonicNs + 1n, startNs: NOW.monotonicNs }));
  fake.block(
    blockOf('255.255.255.255', { reason: 'operator', expiryNs: 0n, packets: 12_345_678n, bytes: 2n ** 64n - 1n }),
  );
  fake.block(blockOf('203.0.113.9', { expiryNs: NOW.monotonicNs }));
  fake.block(blockOf('2001:db8:bad::/64', { expiryNs: NOW.monotonicNs + 315_360_000n * SECOND }));
  fake.block(blockOf('198.51.100.0/24', { reason: 'operator', isNet: true, expiryNs: 0n }));
  fake.block(
    blockOf('2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff', { reason: 'operator', isNet: true, packets: 3n, bytes: 180n }),
  );
  fake.note('192.0.2.56', { ports: [80, 22, 443, 21] });
  fake.note('2001:db8:bad::/64', { ports: Array.from({ length: 32 }, (_, i) => 65_535 - i) });
  fake.note('198.51.100.0/24', { text: 'the neighbours, see ticket 4711 – they were warned twice \u001b[31m' });
  fake.allow('10.0.0.5', 'own');
  fake.allow('10.0.0.1', 'gateway');
  fake.allow('fd00::53', 'resolver');
  fake.allow('203.0.113.7', 'ssh-peer');
  fake.allow('192.168.0.0/16', 'operator');
  fake.allow('2001:db8:aaaa:bbbb:cccc:dddd:eeee::/112', 'command');
  fake.seen.push(
    sourceOf('192.0.2.56', [80, 22, 443, 21]),
    sourceOf('192.0.2.57', [1, 2]),
    sourceOf('192.0.2.58', []),
    sourceOf('2001:db8:bad:0:1:2:3:4', [65_535, 65_534, 65_533, 65_532, 65_531, 65_530]),
    sourceOf('2001:db8:bad::/64', [25]),
    sourceOf('192.0.2.59', [7, 8], { untilNs: NOW.monotonicNs - 1n }),
  );
  return fake;
}

test.each(['blocks', 'allow'])('%s --plain is a list, as one is read', async (command) => {
  const plain = (await commandLine(full(), `${command} --plain`)).stdout.trim().split('\n');
  const objects = (await commandLine(full(), `${command} --json`)).stdout.trim().split('\n');
  expect(plain.length).toBeGreaterThan(3);
  expect(plain).toEqual(objects.map((line) => (JSON.parse(line) as { address: string }).address));
  for (const line of plain) expect(formatPrefix(...prefixOf(parseListLine(line)!))).toBe(line);
  const both = await commandLine(full(), `${command} --plain --json`);
  expect(both).toMatchObject({ exitCode: 2, stdout: '' });
});

const prefixOf = ({ address, bits }: Prefix): [Uint8Array, number] => [address, bits];

describe.each(['blocks', 'allow', 'sources', 'status'])('%s', (command) => {
  test.each(['', ' --json'])('all kinds of values%s', async (flag) => {
    const { stdout, stderr, exitCode } = await commandLine(full(), `${command}${flag}`);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    if (flag === '') for (const line of stdout.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(80);
    await expect(stdout).toMatchFileSnapshot(`golden/${command}${flag ? '.jsonl' : '.txt'}`);
  });

  test.each(['', ' --json'])('nothing%s', async (flag) => {
    const fake = fakeInstance();
    Object.assign(fake, { attached: [], pid: undefined, ones: 0 });
    const { stdout, exitCode } = await commandLine(fake, `${command}${flag}`);
    expect(exitCode).toBe(0);
    await expect(stdout).toMatchFileSnapshot(`golden/${command}-none${flag ? '.jsonl' : '.txt'}`);
    expect(fake.done).toEqual(['close']);
  });

  test('colour only on a terminal, and without NO_COLOR', async () => {
    const ask = async (isTerminal: boolean, environment = {}) =>
      (await commandLine(full(), command, { isTerminal, environment })).stdout.includes('\u001b[');
    expect(await ask(true)).toBe(true);
    expect(await ask(false)).toBe(false);
    expect(await ask(true, { NO_COLOR: '1' })).toBe(false);
    expect((await commandLine(full(), `${command} --json`, { isTerminal: true })).stdout).not.toContain('\u001b[');
  });

  test('without rights, and without an instance', async () => {
    expect(await commandLine(full(), command, { capabilities: '0000000000000000' })).toEqual({
      stdout: '',
      stderr:
        'scanward: checking rights: CAP_NET_ADMIN, CAP_PERFMON, CAP_BPF missing: run it as root (sudo) or grant CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON\n',
      exitCode: 3,
    });
    const refusal = new BpfSyscallError('BPF_OBJ_GET', 1);
    expect(await commandLine(full(), command, { refusal })).toMatchObject({ exitCode: 3 });
    const folder = Object.assign(new Error('stat'), { code: 'EACCES', path: '/sys/fs/bpf/scanward/default' });
    expect(await commandLine(full(), command, { refusal: folder })).toMatchObject({
      exitCode: 3,
      stderr: `scanward: ${command} of instance default: /sys/fs/bpf/scanward/default is another user's: run it as root (sudo), or as the user that the daemon runs as\n`,
    });
  });
});

test('a status with losses, two interfaces of which one is gone, and user mode', async () => {
  const fake = full();
  fake.counts.lost = 1_234n;
  fake.pid = undefined;
  fake.attached.push({ interface: 'averylongname15', mode: undefined, ifindex: 0, programId: 34, sinceMs: NOW.wallMs });
  Object.assign(fake.policyValue, { mode: 1, response: 1, blockTtlNs: 0n });
  const { stdout } = await commandLine(fake, 'status');
  await expect(stdout).toMatchFileSnapshot('golden/status-lost.txt');
});

test('blocks: orders, filters and limits', async () => {
  const list = async (flags: string) =>
    (await commandLine(full(), `blocks --json ${flags}`)).stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { address: string }).address);
  const all = await list('--sort address');
  const ipv4 = ['1.1.1.1', '192.0.2.56', '198.51.100.0/24', '255.255.255.255'];
  expect(all).toEqual([...ipv4, '2001:db8:bad::/64', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff']);
  expect(await list('--sort address --reverse')).toEqual(all.toReversed());
  expect((await list('--sort packets'))[0]).toBe('255.255.255.255');
  expect((await list('--sort bytes --limit 2'))[1]).toBe('192.0.2.56');
  expect((await list('--sort since'))[0]).toBe('1.1.1.1');
  expect((await list('--sort left'))[0]).toBe('1.1.1.1');
  expect((await list('--sort left')).slice(-2)).toEqual(['198.51.100.0/24', '255.255.255.255']);
  expect(await list('--filter reason=operator --sort address')).toHaveLength(3);
  expect(await list('--filter net=192.0.2.0/24 --filter net=198.51.0.0/16')).toEqual(['192.0.2.56', '198.51.100.0/24']);
  expect(await list('--filter net=198.51.100.128/25')).toEqual([]);
  expect(await list('--filter port=22')).toEqual(['192.0.2.56']);
  expect(await list('--filter port=22 --filter reason=operator')).toEqual([]);
  expect(await list('--limit 1')).toEqual(['192.0.2.56']);
});

test('sources: a limit names the rest', async () => {
  const { stdout } = await commandLine(full(), 'sources --limit 1');
  expect(stdout).toContain('3 more, and 12 with one port so far\n');
});
