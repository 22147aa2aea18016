import { describe, expect, test } from 'vitest';
import { OperatorError } from '../operator-error.ts';
import { parseArguments } from '../flags/program.ts';
import type { RunOptions } from '../flags/run-options.ts';
import { DEFAULT_CONFIG } from './configure.ts';

interface Given {
  readonly args?: string;
  readonly environment?: Record<string, string>;
  readonly file?: string;
}

function parse({ args = 'run', environment = {}, file }: Given) {
  const readConfig = (path: string) => (path === DEFAULT_CONFIG || path === 'c.yaml' ? file : undefined);
  return parseArguments(args.split(' '), '1.2.3', { environment, readConfig });
}

function run(given: Given): RunOptions {
  const request = parse(given);
  if (request.command !== 'run') throw new Error('not run');
  return request.options;
}

function refusal(given: Given): string {
  try {
    parse(given);
  } catch (error) {
    if (error instanceof OperatorError) return `${error.exitCode} ${error.message}`;
    throw error;
  }
  return 'taken';
}

test('the flag wins over the environment, and that over the file', () => {
  const given = {
    environment: { SCANWARD_THRESHOLD: '5', SCANWARD_WINDOW: '5m' },
    file: 'threshold: 7\nwindow: 7m\nipv6-prefix: 56\n',
  };
  const { threshold, windowNs, ipv6Prefix } = run({ ...given, args: 'run -n 9' });
  expect({ threshold, windowNs, ipv6Prefix }).toEqual({ threshold: 9, windowNs: 300_000_000_000n, ipv6Prefix: 56 });
});

test('all kinds of values', () => {
  const options = run({
    file: [
      '# what this host is told',
      'interface: [eth0, eth1.5]',
      'allow:',
      '  - 192.0.2.0/24 # the office',
      "  - '2001:db8::/32'",
      'protect: 198.51.100.0/24',
      'block-ttl: 0',
      'mode: "user"',
      'pin: false',
      'keep-established: false',
      'allow-gateway: false',
      'replace: true',
      'state: false',
      'window-limit: [1h=99]',
    ].join('\n'),
  });
  expect(options).toMatchObject({
    interfaces: ['eth0', 'eth1.5'],
    blockTtlNs: 0n,
    mode: 'user',
    pin: false,
    keepEstablished: false,
    allowGateway: false,
    replace: true,
    state: false,
  });
  expect(options.allow.map(({ bits }) => bits)).toEqual([120, 32]);
  expect(options.protect).toHaveLength(1);
  expect(options.windowLimits).toContainEqual({ windowS: 3_600, limit: 99 });
});

test('in the environment several values stand with spaces or commas, and false is a word', () => {
  const environment = {
    SCANWARD_INTERFACE: 'eth0 eth1,eth2',
    SCANWARD_STATE: 'false',
    SCANWARD_PIN: 'false',
    SCANWARD_REPLACE: 'true',
    SCANWARD_SERVICE_HOST: '10.0.0.1',
  };
  expect(run({ environment })).toMatchObject({
    ...{ interfaces: ['eth0', 'eth1', 'eth2'], state: false, pin: false, replace: true },
  });
});

test.each([
  ['nothing', ''],
  ['a comment', '# later\n'],
])('a file of %s says nothing', (_name, file) => {
  expect(run({ file })).toEqual(run({}));
});

test('a configuration can be named, and the usual one left out', () => {
  expect(run({ args: 'run --config c.yaml', file: 'threshold: 7' }).threshold).toBe(7);
  expect(run({ environment: { SCANWARD_CONFIG: 'c.yaml' }, file: 'threshold: 7' }).threshold).toBe(7);
  expect(run({ args: 'run --no-config', file: 'threshold: 7' }).threshold).toBe(3);
  expect(refusal({ args: 'run --config gone.yaml' })).toBe('2 configuration gone.yaml: there is no such file');
});

describe('what is wrong is told with its line, its key and what would be right', () => {
  const at = (line: number) => `2 ${DEFAULT_CONFIG}:${line}: `;
  test.each([
    ['an unknown key', 'threshhold: 5', `${at(1)}'threshhold' is no key: did you mean threshold?`],
    [
      'one that is like none',
      'a: 1\ncolour: red',
      `${at(1)}'a' is no key: scanward check-config prints all there are (and 1 more: scanward check-config tells them)`,
    ],
    ['a number out of bounds', '\n\nipv6-prefix: 129', `${at(3)}ipv6-prefix: '129' must be from 32 to 128`],
    [
      'no number',
      'threshold: many',
      `${at(1)}threshold: 'many' is not a whole number: write digits only, from 0 to 1024`,
    ],
    ['a wrong word', 'mode: kernal', `${at(1)}mode: 'kernal' must be kernel or user (did you mean kernel?)`],
    ['a time without unit', 'window: 60', `${at(1)}window: '60' is not a duration: it has no unit: write 60s or 60ms`],
    [
      'no address',
      'allow: [192.0.2.1, 192.0.2.999]',
      `${at(1)}allow: '192.0.2.999' is not an address: write it as 192.0.2.7, 192.0.2.0/24, 2001:db8::7 or 2001:db8::/32`,
    ],
    ['two of what is one', 'threshold: [1, 2]', `${at(1)}threshold: it takes one value, and not 2`],
    ['a key given twice', 'threshold: 1\nthreshold: 2', `${at(2)}Map keys must be unique`],
    ['a switch that is no word', 'replace: 1', `${at(1)}replace: '1' must be true or false`],
    ['true where there is a value', 'threshold: true', `${at(1)}threshold: true is no value: give one`],
    ['no value', 'threshold:', `${at(1)}threshold: it has no value: give one, or leave the key out`],
    ['a nested key', 'blocks:\n  ttl: 1h', `${at(1)}'blocks' is no key: scanward check-config prints all there are`],
    ['a mapping where a value is', 'threshold:\n  a: 1', `${at(1)}threshold: it must be a value, or a list of values`],
    [
      'no YAML',
      'threshold: [1',
      `${at(1)}Flow sequence in block collection must be sufficiently indented and end with a ]`,
    ],
    ['a list', '- threshold', `${at(1)}it must be keys and values: threshold: 5`],
    [
      'a contradiction',
      'response: log\nblock-ttl: 1h',
      '2 --block-ttl: it contradicts --response log, which blocks nobody: leave out one of them',
    ],
  ])('%s', (_name, file, message) => {
    expect(refusal({ file })).toBe(message);
  });

  test('in the environment', () => {
    expect(refusal({ environment: { SCANWARD_MODE: 'x' } })).toBe(
      "2 environment SCANWARD_MODE: 'x' must be kernel or user",
    );
  });

  test('a bad value is found where a flag stands in its place, too', () => {
    expect(refusal({ args: 'run -n 5', file: 'threshold: x' })).toContain('threshold: ');
  });

  test('check-config tells all of it', () => {
    expect(refusal({ args: 'check-config', file: 'threshhold: 5\nmode: x' })).toBe(
      `${at(1)}'threshhold' is no key: did you mean threshold?\n` +
        `scanward: ${DEFAULT_CONFIG}:2: mode: 'x' must be kernel or user`,
    );
  });
});

test('a flag may contradict the configuration', () => {
  expect(run({ args: 'run --response log', file: 'block-ttl: 2h\nmax-blocks: 5' })).toMatchObject({ response: 'log' });
  expect(refusal({ args: 'run --response log --block-ttl 2h' })).toContain('it contradicts');
});

describe('the other commands', () => {
  test('take where the pins and the state file are, and nothing else of it keeps them from being used', () => {
    const file = 'name: wan\nbpffs: /run/bpf\nstate: /s.json\nthreshhold: 5\nthreshold: x';
    expect(parse({ args: 'status', file })).toMatchObject({ place: { name: 'wan', bpffs: '/run/bpf' } });
    expect(parse({ args: 'unblock --all', file })).toMatchObject({ state: '/s.json', place: { name: 'wan' } });
    expect(parse({ args: 'allow add 192.0.2.1 --name dmz', file })).toMatchObject({ place: { name: 'dmz' } });
    expect(parse({ args: 'allow --name dmz add 192.0.2.1', file })).toMatchObject({ place: { name: 'dmz' } });
    expect(parse({ args: 'allow --no-config add 192.0.2.1', file })).toMatchObject({ place: { name: 'default' } });
    expect(parse({ args: 'detach', file: 'interface: eth0' })).toMatchObject({ interface: undefined });
  });

  test.each(['version', 'man', 'completion bash', '--version', 'run --help'])('%s needs none', (args) => {
    expect(refusal({ args, file: 'threshold: [' })).toBe('taken');
  });

  test('replay takes a configuration only if it is named', () => {
    const threshold = (args: string) => {
      const request = parse({ args, file: 'threshold: 7\ninterface: eth0' });
      if (request.command !== 'replay') throw new Error('not replay');
      return request.options.threshold;
    };
    expect(threshold('replay a.pcap')).toBe(3);
    expect(threshold('replay a.pcap --config c.yaml')).toBe(7);
  });
});

describe('check-config', () => {
  const printed = (given: Given) => {
    const request = parse(given);
    if (request.command !== 'print') throw new Error('not print');
    return request.text;
  };

  test('says where each value comes from', () => {
    const text = printed({
      args: 'check-config --window 2m',
      environment: { SCANWARD_MODE: 'user' },
      file: '\nthreshold: 7',
    });
    const line = (key: string) => text.split('\n').find((each) => each.startsWith(`${key}:`));
    expect(line('threshold')).toMatch(/^threshold: 7 +# \/etc\/scanward\/scanward\.yaml:2$/);
    expect(line('mode')).toMatch(/^mode: user +# environment SCANWARD_MODE$/);
    expect(line('window')).toMatch(/^window: 2m +# flag$/);
    expect(line('response')).toMatch(/^response: block +# default$/);
  });

  test.each([
    'check-config',
    'check-config --mode user -n 1000 --window 2m -i eth0 -i eth1 --allow 192.0.2.0/24 --allow ::1 --block-ttl 0 --no-pin --no-state',
    'check-config --response log -n 20',
    'check-config --address-limit 5m=0 --distributed-limit 1h=0 --window-limit 24h=0 --name wan --bpffs /run/a --state /x/y --replace',
  ])('%s: what it prints is a configuration that says the same', (args) => {
    const file = printed({ args });
    expect(run({ args: 'run --config c.yaml', file })).toEqual(run({ args: args.replace('check-config', 'run') }));
  });

  test('as JSON', () => {
    const lines = printed({ args: 'check-config --json', file: 'allow: [192.0.2.1]' }).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as { key: string }).find(({ key }) => key === 'allow')).toEqual({
      ...{ key: 'allow', value: ['192.0.2.1'], source: `${DEFAULT_CONFIG}:1` },
    });
  });
});
