/** Scans that go over many addresses, or come from many sources: told by their shape. */
import { createPair, frameTo, patience, Scanward, send, syn, type Host } from '@scanward/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';

let pair: Awaited<ReturnType<typeof createPair>>;
let victim: Host;
let attacker: Host;

beforeEach(async () => {
  pair = await createPair();
  ({ victim, attacker } = pair);
  for (let i = 1; i < 32; i++) await victim.ns.run('ip', ['address', 'add', `10.77.9.${i}/24`, 'dev', 'eth0']);
  await attacker.ns.run('ip', ['route', 'add', '10.77.9.0/24', 'dev', 'eth0']);
  await victim.ns.run('ip', ['route', 'add', '198.51.100.0/24', 'via', attacker.ipv4]);
  await attacker.ns.run('ip', ['route', 'add', '198.51.100.0/24', 'via', victim.ipv4]);
});
afterEach(() => pair[Symbol.asyncDispose]());

const start = (...args: string[]): Promise<Scanward> =>
  Scanward.start(victim.ns, { args: ['-d', '500ms', '-t', '100ms', ...args] });

const sweep = (ports: string, targets: string) =>
  attacker.ns.run(
    'nmap',
    ['-n', '-Pn', '--disable-arp-ping', '-sS', '--max-retries', '0', '--min-rate', '300', '-p', ports, targets],
    { tolerant: true, timeoutMs: patience(40_000) },
  );

const told = (scanward: Scanward): string[] =>
  scanward.stdout.texts.filter((line) => /Port scan detected|Blocked/.test(line)).map((line) => line.slice(21));

test('one port of many own addresses: horizontal, and blocked', async () => {
  await using scanward = await start();
  await sweep('22', '10.77.9.1-31');
  await scanward.stdout.wait(/Blocked/);
  expect(await scanward.stop()).toMatchObject({ exitCode: 0 });
  expect(told(scanward)).toEqual([
    expect.stringMatching(
      /^Port scan detected: 10\.77\.0\.2 -> 10\.77\.9\.\d+ on ports 22 \(horizontal, \d\d addresses\)$/,
    ),
    expect.stringMatching(/^Blocked 10\.77\.0\.2 until/),
  ]);
});

test('sixteen addresses are within the limit, as is any number of them where there is none', async () => {
  await using scanward = await start();
  await sweep('22', '10.77.9.1-16');
  await using other = await (async () => {
    expect(await scanward.stop()).toMatchObject({ exitCode: 0 });
    return start('--address-limit', '10m=0');
  })();
  await sweep('22', '10.77.9.1-31');
  expect(await other.stop()).toMatchObject({ exitCode: 0 });
  expect([...told(scanward), ...told(other)]).toEqual([]);
});

test('many ports of many addresses: a block', async () => {
  await using scanward = await start();
  await send(
    attacker.ns,
    Array.from({ length: 8 }, (_, i) =>
      frameTo(attacker, victim, syn(1_000 + i), { ipv4: { destination: `10.77.9.${i + 1}` } }),
    ),
    { gapUs: 500 },
  );
  await scanward.stdout.wait(/Blocked/);
  expect(await scanward.stop()).toMatchObject({ exitCode: 0 });
  expect(told(scanward)[0]).toMatch(/on ports 1000,1001,1002,1003 \(block, 4 addresses\)$/);
});

test('addresses behind this host count if they are protected', async () => {
  for (const args of [[], ['--protect', '198.51.100.0/24']]) {
    await using scanward = await start(...args);
    await sweep('443', '198.51.100.1-40');
    if (args.length > 0) await scanward.stdout.wait(/Blocked/);
    expect(await scanward.stop()).toMatchObject({ exitCode: 0 });
    expect(told(scanward).join('\n')).toMatch(args.length > 0 ? /\(horizontal, 17 addresses\)/ : /^$/);
  }
});

test('many sources that share the ports among them: told by their number, and nobody is blocked', async () => {
  await using scanward = await start('--format', 'json');
  await send(
    attacker.ns,
    Array.from({ length: 90 }, (_, i) => frameTo(attacker, victim, syn(1_000 + i), { source: `10.77.1.${i % 30}` })),
    { gapUs: 500 },
  );
  await scanward.stdout.wait(/distributed/);
  expect(await scanward.stop()).toMatchObject({ exitCode: 0 });
  const events = scanward.stdout.texts.map((line) => JSON.parse(line) as Told);
  const [scan, ...more] = events.filter(({ event }) => event.action !== 'connection');
  expect(more).toEqual([]);
  expect(scan).toMatchObject({
    event: { action: 'port-scan' },
    scanward: { scan: { shape: 'distributed', attribution: 'uncertain' } },
  });
  // It may be looked for while the last of them are on their way.
  expect(scan!.scanward!.scan.ports_count).toBeGreaterThan(64);
  expect(scan!.scanward!.scan.sources_count).toBeGreaterThan(16);
});

interface Told {
  readonly event: { readonly action: string };
  readonly scanward?: { readonly scan: { readonly ports_count: number; readonly sources_count: number } };
}
