import { describe, expect, test } from 'vitest';
import { commandLine } from '../../test/command-line.ts';
import { blockOf, fakeInstance, NOW, sourceOf } from '../../test/fake-instance.ts';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';

const HOUR = 3_600_000_000_000n;

function place() {
  const fake = fakeInstance();
  fake.block(blockOf('192.0.2.56', { packets: 1_024n, bytes: 61_440n }));
  fake.note('192.0.2.56', { ports: [80, 22, 443, 21] });
  fake.block(blockOf('192.0.2.57', { expiryNs: NOW.monotonicNs }));
  fake.block(blockOf('2001:db8:bad::/64'));
  fake.block(blockOf('198.51.100.0/24', { reason: 'operator', isNet: true, expiryNs: 0n }));
  fake.block(blockOf('198.51.100.64/26', { reason: 'operator', isNet: true, expiryNs: 0n }));
  fake.block(blockOf('2001:db8:7::7', { reason: 'operator', isNet: true, expiryNs: 0n }));
  fake.note('198.51.100.0/24', { text: 'the neighbours' });
  fake.allow('10.0.0.5', 'own');
  fake.allow('10.0.0.1', 'gateway');
  fake.allow('10.0.0.53', 'resolver');
  fake.allow('203.0.113.7', 'ssh-peer');
  fake.allow('172.16.0.0/12', 'operator');
  fake.allow('192.168.0.0/16', 'command');
  return fake;
}

/** Each line with and without `--json` on a fresh instance. */
const transcript = async (lines: readonly string[]): Promise<string> => {
  let text = '';
  for (const line of lines) {
    for (const flag of ['', ' --json']) {
      const { stdout, stderr, exitCode } = await commandLine(place(), `${line}${flag}`);
      text += `$ scanward ${line}${flag}\n${stdout}${stderr}${exitCode === 0 ? '' : `[exit code ${exitCode}]\n`}\n`;
    }
  }
  return text;
};

test('who is blocked by a list is so for ever, unless it is said how long', async () => {
  const listed = () => {
    const fake = fakeInstance();
    fake.block(blockOf('192.0.2.56', { reason: 'list', expiryNs: 0n }));
    return fake;
  };
  const until = async (line: string) => (await commandLine(listed(), line)).stdout;
  expect(await until('block 192.0.2.56')).toContain('Blocked 192.0.2.56 for ever, in place of 192.0.2.56 (list;');
  expect(await until('block 192.0.2.56 --for 1h')).toMatch(/^Blocked 192\.0\.2\.56 until .* \(1h\), in place of/);
  expect(await until('block 192.0.2.57')).toMatch(/^Blocked 192\.0\.2\.57 until /);
});

test('block', async () => {
  const lines = [
    'block 192.0.2.1',
    'block 192.0.2.1 --for 90s --reason ticket',
    'block 192.0.2.0/24 --forever',
    'block 192.0.2.56 --for 24h',
    'block 198.51.100.0/24 --for 1h --reason again',
    'block 192.0.2.57',
    'block 2001:db8::1',
    'block 2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff --for 87600h',
    'block 10.0.0.0/24',
    'block 10.0.0.5',
    'block 10.0.0.1',
    'block 10.0.0.53',
    'block 203.0.113.7',
    'block 172.16.5.0/24',
    'block 192.168.1.1',
  ];
  await expect(await transcript(lines)).toMatchFileSnapshot('golden/block.txt');
});

test('unblock', async () => {
  const lines = [
    'unblock 192.0.2.56',
    'unblock 192.0.2.56 --grace 10m',
    'unblock 192.0.2.57',
    'unblock 192.0.2.1',
    'unblock 198.51.100.0/24',
    'unblock 198.51.100.64/26',
    'unblock 198.51.100.70',
    'unblock 198.51.100.1',
    'unblock 198.51.100.0/25',
    'unblock 2001:db8:bad::/64',
    'unblock 2001:db8:bad::1 --grace 1h',
    'unblock 2001:db8:bad::/48',
    'unblock 2001:db8:7::7',
    'unblock 2001:db8:7::8',
    'unblock --all',
    'unblock --all --grace 10m',
  ];
  await expect(await transcript(lines)).toMatchFileSnapshot('golden/unblock.txt');
});

test('allow add, allow remove', async () => {
  const lines = [
    'allow add 192.0.2.56',
    'allow add 192.0.0.0/16',
    'allow add 10.0.0.5',
    'allow add 192.168.0.0/16',
    'allow add 2001:db8::/32',
    'allow remove 192.168.0.0/16',
    'allow remove 10.0.0.5',
    'allow remove 172.16.0.0/12',
    'allow remove 192.168.1.0/24',
    'allow remove 8.8.8.8',
  ];
  await expect(await transcript(lines)).toMatchFileSnapshot('golden/allow-change.txt');
});

test('a block is what was asked for', async () => {
  const fake = place();
  const { instance } = fake;
  await commandLine(fake, 'block 192.0.2.1');
  expect(instance.blocks.get(blockOf('192.0.2.1').source)).toMatchObject({
    bits: 128,
    isNet: false,
    reason: 'operator',
    startNs: NOW.monotonicNs,
    expiryNs: NOW.monotonicNs + HOUR,
  });
  await commandLine(fake, ['block', '2001:db8::1', '--forever', '--reason', 'für immer']);
  const host = { address: blockOf('2001:db8::1').source, bits: 128 };
  expect(instance.blocks.getNet(host)).toMatchObject({ isNet: true, expiryNs: 0n });
  expect(instance.notes.get(host)).toMatchObject({ ports: [], text: 'für immer' });
  // The notes of a scan go with its block, and a grace ends when somebody is blocked.
  fake.instance.graces.set({ ...host, untilNs: NOW.monotonicNs + HOUR });
  await commandLine(fake, 'block 192.0.2.56');
  expect(fake.noted.has('192.0.2.56')).toBe(false);
  await commandLine(fake, 'block 2001:db8::1');
  expect([fake.graced.size, fake.noted.has('2001:db8::1')]).toEqual([0, false]);
});

test('a policy that blocks for ever is the default of block too', async () => {
  const fake = place();
  Object.assign(fake.policyValue, { blockTtlNs: 0n });
  expect((await commandLine(fake, 'block 192.0.2.1')).stdout).toBe('Blocked 192.0.2.1 for ever\n');
});

test('nothing is changed in vain: full tables', async () => {
  const fake = place();
  fake.room.blocks = 0;
  expect(await commandLine(fake, 'block 192.0.2.1')).toMatchObject({
    exitCode: 8,
    stderr:
      'scanward: blocking 192.0.2.1: there is no room for one more: unblock somebody, or run with a larger --max-blocks\n',
  });
  expect(await commandLine(fake, 'block 192.0.3.0/24')).toMatchObject({ exitCode: 8 });
  fake.room.graces = 0;
  expect(await commandLine(fake, 'unblock 192.0.2.56 --grace 1m')).toMatchObject({ exitCode: 8, stdout: '' });
  expect(fake.names()).toContain('192.0.2.56');
  fake.room.allow = 0;
  expect(await commandLine(fake, 'allow add 192.0.2.56')).toMatchObject({ exitCode: 8, stdout: '' });
  expect(fake.names()).toContain('192.0.2.56');
  expect((await commandLine(fake, 'unblock --all --grace 1m')).stderr).toBe(
    'scanward: warning: there is no room for the graces of 6 of them\n',
  );
  fake.room.blocks = 10;
  fake.room.notes = 0;
  expect(await commandLine(fake, 'block 192.0.2.1 --reason x')).toMatchObject({
    exitCode: 0,
    stderr: 'scanward: warning: there is no room to note the reason of 192.0.2.1\n',
  });
});

describe('unblock forgets', () => {
  test.each([
    ['unblock 192.0.2.56', ['forget 192.0.2.56']],
    ['unblock 2001:db8:bad::1', ['forget 2001:db8:bad::', 'forget 2001:db8:bad::1']],
    ['unblock 198.51.100.0/24', ['forget 198.51.100.0', 'forget 198.51.100.9']],
    ['allow remove 192.168.0.0/16', ['forget 192.168.0.0']],
    ['unblock --all', ['forget 192.0.2.56', 'forget 192.0.2.57', 'forget 198.51.100.9', 'forget 2001:db8:bad::']],
  ])('%s', async (line, forgotten) => {
    const fake = place();
    fake.seen.push(sourceOf('198.51.100.9', [1]), sourceOf('198.51.101.9', [1]));
    await commandLine(fake, line);
    expect(fake.done).toEqual(expect.arrayContaining(forgotten));
    expect(fake.done).not.toContain('forget 198.51.101.9');
  });
});

test('a grace is of the block that was lifted', async () => {
  const fake = place();
  await commandLine(fake, 'unblock 2001:db8:bad::1 --grace 10m');
  expect([...fake.graced.entries()]).toMatchObject([['2001:db8:bad::/64', { untilNs: NOW.monotonicNs + HOUR / 6n }]]);
});

test('under the lock: the change, then the state file; then it is told', async () => {
  const fake = place();
  await commandLine(fake, 'block 192.0.2.1 --state /tmp/x.json');
  expect(fake.done).toEqual(['lock', 'keep /tmp/x.json', 'unlock', 'close']);
  await commandLine(fake, 'block 10.0.0.5');
  expect(fake.done.slice(4)).toEqual(['lock', 'unlock', 'close']);
});

test('a state file that cannot be written is an error after the deed', async () => {
  const keep = () => {
    throw new OperatorError(ExitCode.state, 'writing /tmp/x.json', 'no room: make some');
  };
  expect(await commandLine(place(), 'block 192.0.2.1 --forever', { keep })).toEqual({
    stdout: 'Blocked 192.0.2.1 for ever\n',
    stderr: 'scanward: writing /tmp/x.json: no room: make some\n',
    exitCode: 11,
  });
});

describe('detach', () => {
  test.each([
    ['detach', { pid: undefined }],
    ['detach -i eth0', { pid: undefined }],
    ['detach -i eth1', { pid: undefined }],
    ['detach', { pid: 4711 }],
    ['detach', { isThere: false }],
    ['detach', { pid: undefined, attached: [] }],
  ])('%s %j', async (line, of) => {
    let text = '';
    for (const flag of ['', ' --json']) {
      const fake = Object.assign(place(), of);
      const { stdout, stderr, exitCode } = await commandLine(fake, `${line}${flag}`);
      text += `${stdout}${stderr}[exit code ${exitCode}, ${fake.done.join() || 'nothing done'}]\n`;
    }
    expect(text).toMatchSnapshot();
  });
});

test.each(['block 192.0.2.1', 'unblock --all', 'allow add 192.0.2.1', 'allow remove 192.0.2.1', 'detach'])(
  'without rights nothing is opened: %s',
  async (line) => {
    const fake = place();
    expect(await commandLine(fake, line, { capabilities: '0000000000000000' })).toMatchObject({
      exitCode: 3,
      stdout: '',
    });
    expect(fake.done).toEqual([]);
  },
);
