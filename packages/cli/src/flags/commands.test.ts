import { describe, expect, test } from 'vitest';
import { OperatorError } from '../operator-error.ts';
import { parsePrefix } from './prefix.ts';
import { parseArguments } from './program.ts';

const words = (line: string) => line.split(' ').filter((word) => word !== '');
const parse = (line: string) => parseArguments(words(line), '1.2.3');
const refusal = (args: readonly string[]) => {
  try {
    parseArguments(args, '1.2.3');
  } catch (error) {
    if (error instanceof OperatorError) return `${error.exitCode} ${error.message}`;
    throw error;
  }
  return 'taken';
};

const reading = { place: { bpffs: undefined, name: 'default' }, json: false };
const changing = { ...reading, state: undefined };
const SECOND = 1_000_000_000n;

const replayed = {
  ...{ files: ['a.pcap'], engine: 'ts', local: [], detectScanPeriodMs: 60_000, threshold: 3, windowNs: 60n * SECOND },
  ...{ blockTtlNs: 3_600n * SECOND, mode: 'kernel', response: 'block', allow: [], ipv6Prefix: 64 },
  ...{ evidence: 'any', keepEstablished: true, maxNewBlocks: 300, probationNs: 30n * SECOND, protect: [] },
  windowLimits: [
    { windowS: 600, limit: 6 },
    { windowS: 3_600, limit: 15 },
    { windowS: 86_400, limit: 40 },
  ],
  ...{ addressLimit: { windowS: 600, limit: 16 }, distributedLimit: { windowS: 600, limit: 64 } },
  ...{ maxSources: 65_536, maxBlocks: 65_536, json: false },
};

describe('what is asked for', () => {
  const prefix = parsePrefix('192.0.2.0/24');
  const nothing = { sort: undefined, reverse: false, filters: [], limit: undefined, plain: false };
  test.each([
    ['status', { command: 'status', ...reading }],
    ['status --json --name a --bpffs /x', { command: 'status', json: true, place: { bpffs: '/x', name: 'a' } }],
    ['blocks', { command: 'blocks', options: nothing, ...reading }],
    [
      'blocks --sort left --reverse --limit 5 --filter reason=scan --filter net=192.0.2.0/24 --filter port=22',
      {
        command: 'blocks',
        options: {
          sort: 'left',
          reverse: true,
          filters: [
            { what: 'reason', reason: 'scan' },
            { what: 'net', net: prefix },
            { what: 'port', port: 22 },
          ],
          limit: 5,
          plain: false,
        },
        ...reading,
      },
    ],
    ['block 192.0.2.0/24', { command: 'block', options: { prefix, ttlNs: undefined, text: '' }, ...changing }],
    [
      'block 192.0.2.0/24 --for 90s --reason why --no-state',
      { command: 'block', options: { prefix, ttlNs: 90n * SECOND, text: 'why' }, ...reading, state: false },
    ],
    [
      'block --forever 192.0.2.0/24 --state s.json',
      { command: 'block', options: { prefix, ttlNs: 0n, text: '' }, ...reading, state: 's.json' },
    ],
    ['unblock 192.0.2.0/24', { command: 'unblock', options: { prefix, graceNs: undefined }, ...changing }],
    [
      'unblock --all --grace 10m',
      { command: 'unblock', options: { prefix: undefined, graceNs: 600n * SECOND }, ...changing },
    ],
    ['allow', { command: 'allow', plain: false, ...reading }],
    ['allow --plain', { command: 'allow', plain: true, ...reading }],
    ['blocks --plain', { command: 'blocks', options: { ...nothing, plain: true }, ...reading }],
    ['allow --json', { command: 'allow', plain: false, ...reading, json: true }],
    ['allow add 192.0.2.0/24', { command: 'allow add', options: { prefix }, ...changing }],
    ['allow add 192.0.2.0/24 --json', { command: 'allow add', options: { prefix }, ...changing, json: true }],
    ['allow --json remove 192.0.2.0/24', { command: 'allow remove', options: { prefix }, ...changing, json: true }],
    [
      'allow remove 192.0.2.0/24 --name a --no-state',
      {
        command: 'allow remove',
        options: { prefix },
        json: false,
        place: { bpffs: undefined, name: 'a' },
        state: false,
      },
    ],
    ['sources', { command: 'sources', options: { limit: undefined }, ...reading }],
    [
      'events',
      {
        command: 'events',
        options: { path: '/run/scanward/default.sock', follow: false, json: false, limit: undefined, kinds: [] },
      },
    ],
    [
      'events -f --json --limit 9 --kind scan --kind scan-end --name wan',
      {
        command: 'events',
        options: {
          ...{ path: '/run/scanward/wan.sock', follow: true, json: true },
          ...{ limit: 9, kinds: ['scan', 'scan-end'] },
        },
      },
    ],
    [
      'scans --since 24h --limit 9 --name wan',
      {
        command: 'scans',
        options: { path: '/var/lib/scanward/scans-wan.jsonl', json: false, limit: 9, since: { agoMs: 86_400_000 } },
      },
    ],
    [
      'scans --json --state /x/y.json',
      { command: 'scans', options: { path: '/x/scans.jsonl', json: true, limit: undefined, since: undefined } },
    ],
    ['sources --limit 3', { command: 'sources', options: { limit: 3 }, ...reading }],
    ['top', { command: 'top', options: { intervalMs: 1_000, count: undefined }, ...changing }],
    [
      'top --interval 250ms --count 5 --no-state --json',
      { command: 'top', options: { intervalMs: 250, count: 5 }, ...changing, state: false, json: true },
    ],
    ['top --once', { command: 'top', options: { intervalMs: 1_000, count: 1 }, ...changing }],
    ['detach', { command: 'detach', interface: undefined, ...reading }],
    ['detach -i eth0', { command: 'detach', interface: 'eth0', ...reading }],
    ['replay a.pcap', { command: 'replay', options: replayed }],
    [
      'replay -n 40 --mode user a.pcap - --local 192.0.2.0/24 --engine kernel --json --object x.o --window 2m -d 5s --block-ttl 0',
      {
        command: 'replay',
        options: {
          ...replayed,
          ...{ files: ['a.pcap', '-'], local: [prefix], engine: 'kernel', json: true, object: 'x.o', mode: 'user' },
          ...{ threshold: 40, windowNs: 120n * SECOND, detectScanPeriodMs: 5_000, blockTtlNs: 0n },
          windowLimits: [
            { windowS: 600, limit: 80 },
            { windowS: 3_600, limit: 200 },
          ],
        },
      },
    ],
    [
      'replay --response log --allow 192.0.2.0/24 --ipv6-prefix 48 --max-sources 4 a',
      {
        command: 'replay',
        options: {
          ...replayed,
          ...{ files: ['a'], response: 'log', allow: [prefix], ipv6Prefix: 48, maxSources: 4 },
        },
      },
    ],
    [
      'replay --evidence closed --max-new-blocks 0 --no-keep-established a.pcap',
      { command: 'replay', options: { ...replayed, evidence: 'closed', maxNewBlocks: 0, keepEstablished: false } },
    ],
    ['doctor', { command: 'doctor', options: { interfaces: [], ...changing } }],
    [
      'doctor -i eth0 -i eth1 --json --name a --bpffs /x --no-state',
      {
        command: 'doctor',
        options: { interfaces: ['eth0', 'eth1'], json: true, place: { bpffs: '/x', name: 'a' }, state: false },
      },
    ],
    ['version', { command: 'print', text: '1.2.3\n' }],
  ])('%s', (line, request) => {
    expect(parse(line)).toEqual(request);
  });
});

const NOT_AN_ADDRESS = 'is not an address: write it as 192.0.2.7, 192.0.2.0/24, 2001:db8::7 or 2001:db8::/32';
const NOT_A_DURATION = 'is not a duration: write it as 1s, 1m30s, 250ms or 1h';
const NOT_A_NUMBER = 'is not a whole number: write digits only';
const NOT_A_NAME = "is not a name: take up to 32 letters, digits, '_', '.' and '-', a letter or digit first";

test.each([
  ['status eth0', "reading the flags: unexpected argument 'eth0': see scanward status --help"],
  ['status --jsno', "reading the flags: unknown option '--jsno': did you mean --json?"],
  ['status --name', "reading the flags: option '--name <name>' argument missing: see scanward status --help"],
  ['status --name a/b', `--name: 'a/b' ${NOT_A_NAME}`],
  ['status --name .a', `--name: '.a' ${NOT_A_NAME}`],
  [`status --name ${'a'.repeat(33)}`, `--name: '${'a'.repeat(33)}' ${NOT_A_NAME}`],
  ['status --name a --name b', '--name: it is given twice: give it once'],
  ['status --bpffs a --bpffs b', '--bpffs: it is given twice: give it once'],
  ['status --state x', "reading the flags: unknown option '--state': see scanward status --help"],
  ['--json', "reading the flags: unknown option '--json': give it after the command: scanward status --json"],
  ['--json blocks', "reading the flags: unknown option '--json': give it after the command: scanward blocks --json"],
  ['blocks --sort ports', "--sort: 'ports' must be address, since, left, packets or bytes"],
  ['blocks --sort left --sort left', '--sort: it is given twice: give it once'],
  ['blocks --reverse', '--reverse: there is no order to reverse: add --sort'],
  ['blocks --limit 0', "--limit: '0' must be from 1 to 1000000000"],
  ['blocks --limit ten', `--limit: 'ten' ${NOT_A_NUMBER}, from 1 to 1000000000`],
  ['blocks --filter x', "--filter: 'x' is no filter: write reason=scan, net=198.51.100.0/24 or port=22"],
  ['blocks --filter reason=scn', "--filter: 'scn' must be scan, operator or list (did you mean scan?)"],
  ['blocks --filter net=1.2.3', `--filter: '1.2.3' ${NOT_AN_ADDRESS}`],
  ['blocks --filter net=::/0', "--filter: '::/0' holds every address, so it filters nothing: leave it out"],
  ['blocks --filter port=65536', "--filter: '65536' must be from 0 to 65535"],
  ['block', "reading the flags: missing required argument 'address[/length]': see scanward block --help"],
  ['block x', `address[/length]: 'x' ${NOT_AN_ADDRESS}`],
  ['block 192.0.2.1 192.0.2.2', "reading the flags: unexpected argument '192.0.2.2': see scanward block --help"],
  [
    'block 192.0.2.1/24',
    "address[/length]: '192.0.2.1/24' has bits set after its length: write 192.0.2.0/24 (the network) or 192.0.2.1 (the host)",
  ],
  [
    'block 0.0.0.0/0',
    "address[/length]: '0.0.0.0/0' holds every address, so it would shut out everybody, you too: block smaller nets",
  ],
  ['block 192.0.2.1 --for 0s', "--for: '0s' must be from 1s to 87600h"],
  ['block 192.0.2.1 --for ever', `--for: 'ever' ${NOT_A_DURATION}`],
  ['block 192.0.2.1 --for 1h --for 2h', '--for: it is given twice: give it once'],
  ['block 192.0.2.1 --for 1h --forever', '--for: it contradicts --forever: leave out one of them'],
  ['block 192.0.2.1 --no-state --state x', '--state: it contradicts --no-state: leave out one of them'],
  [`block 192.0.2.1 --reason ${'x'.repeat(65)}`, '--reason: it has 65 bytes: write at most 64'],
  [`block 192.0.2.1 --reason ${'ä'.repeat(33)}`, '--reason: it has 66 bytes: write at most 64'],
  ['unblock', 'unblocking: nobody is named: give an address, or --all'],
  ['unblock 192.0.2.1 --all', '--all: it contradicts the address: leave out one of them'],
  ['unblock x', `address[/length]: 'x' ${NOT_AN_ADDRESS}`],
  [
    'unblock ::/0',
    "address[/length]: '::/0' holds every address, which is never blocked: to lift every block, say --all",
  ],
  ['unblock --all --grace 0s', "--grace: '0s' must be from 1s to 8760h"],
  ['unblock --all --grace 1m --grace 1m', '--grace: it is given twice: give it once'],
  ['allow 192.0.2.1', "reading the flags: unexpected argument '192.0.2.1': see scanward allow --help"],
  ['allow ad 192.0.2.1', "reading the flags: unexpected argument 'ad': did you mean scanward allow add?"],
  ['allow add', "reading the flags: missing required argument 'address[/length]': see scanward allow add --help"],
  ['allow add 192.0.2.1 --jso', "reading the flags: unknown option '--jso': did you mean --json?"],
  [
    'allow add 0.0.0.0/0',
    "address[/length]: '0.0.0.0/0' holds every address, so nobody could be blocked: if that is meant, say --response log",
  ],
  ['sources --limit 0', "--limit: '0' must be from 1 to 1000000000"],
  ['top --interval 99ms', "--interval: '99ms' must be from 100ms to 1m"],
  ['top --interval 1m1ms', "--interval: '1m1ms' must be from 100ms to 1m"],
  ['top --interval 1', "--interval: '1' is not a duration: it has no unit: write 1s or 1ms"],
  ['top --count 0', "--count: '0' must be from 1 to 1000000000"],
  ['top --once --count 2', '--once: it contradicts --count: leave out one of them'],
  ['top eth0', "reading the flags: unexpected argument 'eth0': see scanward top --help"],
  ['detach eth0', "reading the flags: unexpected argument 'eth0': see scanward detach --help"],
  ['detach -i a/b', "--interface: 'a/b' is not an interface's name"],
  ['detach -i a -i b', '--interface: it is given twice: give it once'],
  ['replay', "reading the flags: missing required argument 'file': see scanward replay --help"],
  ['replay a --engine rust', "--engine: 'rust' must be ts or kernel"],
  ['replay a a', "file: 'a' is given twice: give it once"],
  [
    'replay a --local 0.0.0.0/0',
    "--local: '0.0.0.0/0' holds every address, so nobody would be outside: name the addresses of one host",
  ],
  [
    'replay a -n 32',
    "--threshold: '32' is more than 31, the most that the kernel can count: add --mode user, which takes up to 1024",
  ],
  [
    'replay a --response log --block-ttl 1h',
    '--block-ttl: it contradicts --response log, which blocks nobody: leave out one of them',
  ],
  [
    'replay a --object x.o',
    '--object: it contradicts --engine ts, which loads none: add --engine kernel, or leave it out',
  ],
  [
    'events --kind scans',
    "--kind: 'scans' must be connection, scan, scan-end, distributed-scan, block, unblock or lost (did you mean scan?)",
  ],
  ['events --limit 0', "--limit: '0' must be from 1 to 1000000000"],
  ['doctor eth0', "reading the flags: unexpected argument 'eth0': see scanward doctor --help"],
  ['doctor -i a/b', "--interface: 'a/b' is not an interface's name"],
  ['completion', "reading the flags: missing required argument 'shell': see scanward completion --help"],
  ['completion powershell', "shell: 'powershell' must be bash, zsh or fish"],
  ['man runn', 'command: there is no runn: did you mean run?'],
  ['man allow edd', 'command: there is no allow edd: did you mean allow add?'],
  ['man run --to x', '--to: it writes all pages: leave out the command'],
  ['man --to x --to y', '--to: it is given twice: give it once'],
  ['version --json', "reading the flags: unknown option '--json': see scanward version --help"],
  ['unblok 192.0.2.1', "reading the flags: unknown command 'unblok': did you mean scanward unblock?"],
])('%s', (line, message) => {
  expect(refusal(words(line))).toBe(`2 ${message}`);
});

test('a reason is one line of text that says something', () => {
  const reason = (text: string) => refusal(['block', '192.0.2.1', '--reason', text]);
  expect(reason(' ')).toBe('2 --reason: it is empty: write why, or leave it out');
  const unprintable = '2 --reason: it holds characters that cannot be printed: write one line of text';
  expect([reason('a\nb'), reason('\u001b[31m'), reason('a\u0000')]).toEqual([unprintable, unprintable, unprintable]);
  expect(reason('ä'.repeat(32))).toBe('taken');
  expect(refusal(['status', '--bpffs', ''])).toBe('2 --bpffs: it is empty: name a path');
});

const commands = [
  'run',
  'status',
  'blocks',
  'block',
  'unblock',
  'allow',
  'allow add',
  'allow remove',
  'sources',
  'top',
  'events',
  'scans',
  'detach',
  'check-config',
  'replay',
  'doctor',
  'completion',
  'man',
];

test.each(['', ...commands, 'version'])('%s --help', async (command) => {
  const request = parse(`${command} --help`);
  const text = request.command === 'print' ? request.text : '';
  const widest = Math.max(...text.split('\n').map((line) => line.length));
  expect(widest).toBeLessThanOrEqual(80);
  if (commands.includes(command)) expect(text).toContain('Examples:');
  await expect(text).toMatchFileSnapshot(`golden/help${command && `-${command.replace(' ', '-')}`}.txt`);
});
