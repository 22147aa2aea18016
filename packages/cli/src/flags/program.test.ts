import { expect, test } from 'vitest';
import { OperatorError } from '../operator-error.ts';
import { parsePrefix } from './prefix.ts';
import { parseArguments } from './program.ts';

const line = (text: string) => text.split(' ').filter((word) => word !== '');
const run = (text: string) => {
  const request = parseArguments(['run', ...line(text)], '1.2.3');
  if (request.command !== 'run') throw new Error('not run');
  return request.options;
};
const refusal = (args: string[]) => {
  try {
    parseArguments(args, '1.2.3');
  } catch (error) {
    if (error instanceof OperatorError) return `${error.exitCode} ${error.message}`;
    throw error;
  }
  return 'taken';
};

test('the defaults', () => {
  expect(run('')).toEqual({
    interfaces: [],
    trackingPeriodMs: 1_000,
    detectScanPeriodMs: 60_000,
    threshold: 3,
    windowNs: 60_000_000_000n,
    windowLimits: [
      { windowS: 600, limit: 6 },
      { windowS: 3_600, limit: 15 },
      { windowS: 86_400, limit: 40 },
    ],
    addressLimit: { windowS: 600, limit: 16 },
    distributedLimit: { windowS: 600, limit: 64 },
    protect: [],
    blockTtlNs: 3_600_000_000_000n,
    probationNs: 30_000_000_000n,
    mode: 'kernel',
    response: 'block',
    evidence: 'any',
    keepEstablished: true,
    maxNewBlocks: 300,
    xdp: 'auto',
    allow: [],
    allowGateway: true,
    allowList: [],
    blockList: [],
    maxNets: 65_536,
    user: undefined,
    ipv6Prefix: 64,
    maxSources: 65_536,
    maxBlocks: 65_536,
    replace: false,
    format: 'text',
    maxConnectionLines: 60_000,
    events: undefined,
    bpffs: undefined,
    name: 'default',
    pin: true,
    keepOnExit: false,
    state: undefined,
    metrics: undefined,
  });
});

test('every flag, long', () => {
  const options = run(
    '--interface veth0 --interface eth1.5@x --tracking-period 250ms --detect-scan-period 5s --threshold 1024 --window 2m ' +
      '--block-ttl 0 --mode user --response block --xdp generic --allow 192.0.2.0/24 --allow ::1 --no-allow-gateway ' +
      '--ipv6-prefix 48 --max-sources 4 --max-blocks 1 --replace --format json --object x.o --bpffs /run/bpf --name a.b_c-9 ' +
      '--state /tmp/s.json --keep-on-exit --evidence closed --max-new-blocks 0 --no-keep-established ' +
      '--max-connection-lines 0 --events /run/e.sock --window-limit 1h=99 --address-limit 5m=8 --distributed-limit 1h=0 --protect 198.51.100.0/24 --probation 90s --metrics [::1]:0',
  );
  expect(options).toMatchObject({
    interfaces: ['veth0', 'eth1.5@x'],
    trackingPeriodMs: 250,
    detectScanPeriodMs: 5_000,
    threshold: 1024,
    windowNs: 120_000_000_000n,
    blockTtlNs: 0n,
    mode: 'user',
    evidence: 'closed',
    keepEstablished: false,
    maxNewBlocks: 0,
    maxConnectionLines: 0,
    events: '/run/e.sock',
    windowLimits: [{ windowS: 3_600, limit: 99 }],
    addressLimit: { windowS: 300, limit: 8 },
    distributedLimit: undefined,
    protect: [parsePrefix('198.51.100.0/24')],
    probationNs: 90_000_000_000n,
    xdp: 'generic',
    allowGateway: false,
    ipv6Prefix: 48,
    maxSources: 4,
    maxBlocks: 1,
    replace: true,
    format: 'json',
    object: 'x.o',
    bpffs: '/run/bpf',
    name: 'a.b_c-9',
    pin: true,
    keepOnExit: true,
    state: '/tmp/s.json',
    metrics: { kind: 'tcp', address: '::1', port: 0 },
  });
  expect(options.allow.map(({ bits }) => bits)).toEqual([120, 128]);
});

test("the original's short flags", () => {
  expect(run('-i lo -t 2s -d 30s -n 10')).toMatchObject({
    interfaces: ['lo'],
    trackingPeriodMs: 2_000,
    detectScanPeriodMs: 30_000,
    threshold: 10,
  });
  expect(run('-n0 --window=1ms')).toMatchObject({ threshold: 0, windowNs: 1_000_000n });
  expect(run('--response log --no-allow-gateway')).toMatchObject({ response: 'log' });
  expect(run('--no-pin --state s.json')).toMatchObject({ pin: false, state: 's.json' });
  expect(run('--no-pin --no-state')).toMatchObject({ pin: false, state: false });
});

test('a million sources and a million blocks can be asked for', () => {
  const count = 1_000_000;
  expect(run(`--max-sources ${count} --max-blocks ${count}`)).toMatchObject({ maxSources: count, maxBlocks: count });
});

test('alone it prints its help; version and help need no command', () => {
  expect(parseArguments([], '1.2.3')).toMatchObject({ text: expect.stringContaining('Usage: scanward') as string });
  for (const args of [['--help'], ['-h'], ['run', '--help'], ['run', '-h'], ['help'], ['help', 'run']]) {
    expect(parseArguments(args, '1.2.3')).toMatchObject({
      command: 'print',
      text: expect.stringContaining('Usage:') as string,
    });
  }
  expect(parseArguments(['--version'], '1.2.3')).toEqual({ command: 'print', text: '1.2.3\n' });
  expect(parseArguments(['version'], '1.2.3')).toEqual({ command: 'print', text: '1.2.3\n' });
});

test.each([
  ['run --treshold 3', "reading the flags: unknown option '--treshold': did you mean --threshold?"],
  ['run --interfaces veth0', "reading the flags: unknown option '--interfaces': did you mean --interface?"],
  ['run --frobnicate', "reading the flags: unknown option '--frobnicate': see scanward run --help"],
  ['run --repl', "reading the flags: unknown option '--repl': did you mean --replace?"],
  ['run -x', "reading the flags: unknown option '-x': see scanward run --help"],
  ['rn', "reading the flags: unknown command 'rn': did you mean scanward run?"],
  [
    '--threshold 3',
    "reading the flags: unknown option '--threshold': give it after the command: scanward run --threshold",
  ],
  ['run veth0', "reading the flags: unexpected argument 'veth0': an interface is given with -i"],
  ['run --threshold', "reading the flags: option '-n, --threshold <ports>' argument missing: see scanward run --help"],
  ['run -n 3abc', "--threshold: '3abc' is not a whole number: write digits only, from 0 to 1024"],
  ['run -n -1', "--threshold: '-1' is not a whole number: write digits only, from 0 to 1024"],
  ['run -n 1025', "--threshold: '1025' must be from 0 to 1024"],
  [
    'run -n 32',
    "--threshold: '32' is more than 31, the most that the kernel can count: add --mode user, which takes up to 1024",
  ],
  ['run -t 0', "--tracking-period: '0' is not a duration: it has no unit: write 0s or 0ms"],
  ['run -t 0s', "--tracking-period: '0s' must be from 10ms to 24h"],
  ['run -d 1x', "--detect-scan-period: '1x' is not a duration: write it as 1s, 1m30s, 250ms or 1h"],
  ['run --window 0s', "--window: '0s' must be from 1ms to 720h"],
  ['run --block-ttl -1s', "--block-ttl: '-1s' is not a duration: write it as 1s, 1m30s, 250ms or 1h"],
  ['run --mode usr', "--mode: 'usr' must be kernel or user (did you mean user?)"],
  ['run --response BLOCK', "--response: 'BLOCK' must be block or log (did you mean block?)"],
  ['run --xdp offload', "--xdp: 'offload' must be auto, native or generic"],
  ['run --format yaml', "--format: 'yaml' must be text or json"],
  [
    'run --allow 10.1.2.3/8',
    "--allow: '10.1.2.3/8' has bits set after its length: write 10.0.0.0/8 (the network) or 10.1.2.3 (the host)",
  ],
  ['run --ipv6-prefix 0', "--ipv6-prefix: '0' must be from 32 to 128"],
  [
    'run --max-connection-lines 1e3',
    "--max-connection-lines: '1e3' is not a whole number: write digits only, from 0 to 1000000000",
  ],
  ['run --max-sources 1e3', "--max-sources: '1e3' is not a whole number: write digits only, from 4 to 4194304"],
  ['run --max-sources 3', "--max-sources: '3' must be from 4 to 4194304"],
  ['run --max-sources 4194305', "--max-sources: '4194305' must be from 4 to 4194304"],
  ['run --max-blocks 1,000', "--max-blocks: '1,000' is not a whole number: write digits only, from 1 to 16777216"],
  ['run --max-blocks 16777217', "--max-blocks: '16777217' must be from 1 to 16777216"],
  ['run --max-blocks 0', "--max-blocks: '0' must be from 1 to 16777216"],
  ['run -n 3 -n 4', '--threshold: it is given twice: give it once'],
  ['run --mode user --mode user', '--mode: it is given twice: give it once'],
  ['run -i veth0 -i veth0', "--interface: 'veth0' is given twice: give it once"],
  ['run --no-pin --bpffs /x', '--bpffs: it contradicts --no-pin, which leaves nothing behind: leave out one of them'],
  ['run --no-pin --name x', '--name: it contradicts --no-pin, which leaves nothing behind: leave out one of them'],
  [
    'run --no-pin --keep-on-exit',
    '--keep-on-exit: it contradicts --no-pin, which leaves nothing behind: leave out one of them',
  ],
  ['run --events x --no-events', '--no-events: it contradicts --events: leave out one of them'],
  ['run --no-events --events x', '--events: it contradicts --no-events: leave out one of them'],
  ['run --state x --no-state', '--no-state: it contradicts --state: leave out one of them'],
  ['run --no-state --state x', '--state: it contradicts --no-state: leave out one of them'],
  ['run --state x --state y', '--state: it is given twice: give it once'],
  ['run --name a --name b', '--name: it is given twice: give it once'],
  [
    'run --name -a',
    "--name: '-a' is not a name: take up to 32 letters, digits, '_', '.' and '-', a letter or digit first",
  ],
  [
    'run --name a/b',
    "--name: 'a/b' is not a name: take up to 32 letters, digits, '_', '.' and '-', a letter or digit first",
  ],
  ['run -i a/b', "--interface: 'a/b' is not an interface's name"],
  ['run -i sixteen-letters-', "--interface: 'sixteen-letters-' is not an interface's name"],
  ['run -i --replace', "--interface: '--replace' is not an interface's name"],
  [
    'run --response log --block-ttl 1h',
    '--block-ttl: it contradicts --response log, which blocks nobody: leave out one of them',
  ],
  [
    'run --response log --max-blocks 9',
    '--max-blocks: it contradicts --response log, which blocks nobody: leave out one of them',
  ],
  [
    'run --response log --probation 9s',
    '--probation: it contradicts --response log, which blocks nobody: leave out one of them',
  ],
  ['run --probation 20ms', "--probation: '20ms' must be from 1s to 87600h"],
  ['run --address-limit 16', "--address-limit: '16' is no time with a limit: write it as 10m=16, or 10m=0 for none"],
  [
    'run --response log --max-new-blocks 9',
    '--max-new-blocks: it contradicts --response log, which blocks nobody: leave out one of them',
  ],
])('%s', (args, message) => {
  expect(refusal(line(args))).toBe(`2 ${message}`);
});

test('an empty interface name or value is refused', () => {
  expect(refusal(['run', '-i', ''])).toContain("'' is not an interface's name");
  expect(refusal(['run', '-n', ''])).toContain("'' is not a whole number");
  expect(refusal(['run', '-t', ''])).toContain("'' is not a duration");
});
