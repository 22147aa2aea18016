import { createPair, frameTo, scanwardBin, Scanward, send, syn, buildNative, type Host } from '@scanward/testkit';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { scanBy, scansIn } from './seen.ts';

test('scanward run | head -1 ends cleanly', async () => {
  await using pair = await createPair();
  const { victim, attacker } = pair;
  const pipe = `"$0" "$1" run -i eth0 -t 50ms --no-events | head -1; echo "exit $\{PIPESTATUS[0]}"`;
  const run = victim.ns.run('bash', ['-c', pipe, process.execPath, scanwardBin], { timeoutMs: 25_000 });
  const ended = new AbortController();
  const finished = run.finally(() => ended.abort());
  for (let n = 0; !ended.signal.aborted && n < 100; n++) {
    await send(attacker.ns, [frameTo(attacker, victim, syn(80, 1_000 + n))]);
    await sleep(100);
  }
  const { stdout, stderr } = await finished;
  expect(stdout).toMatch(/^[\d-]{10} [\d:]{8}: New connection: 10\.77\.0\.2:\d+ -> 10\.77\.0\.1:80\nexit 0$/);
  expect(stderr).not.toMatch(/EPIPE|Error|^\s+at /m);
});

interface Told {
  readonly event: { readonly action: string };
  readonly [field: string]: unknown;
}

test('JSON: scans, blocks and what is lost, of IPv4 and of an IPv6 prefix', async () => {
  await using pair = await createPair();
  const { victim, attacker } = pair;
  const args = ['--format', 'json', '-t', '100ms', '-d', '300ms', '--max-blocks', '1', '--block-ttl', '3s'];
  await using scanward = await Scanward.start(victim.ns, { args });
  const told = (action: string) =>
    scanward.stdout.texts.map((text) => JSON.parse(text) as Told).filter(({ event }) => event.action === action);
  await touchFrom(attacker, victim, '10.77.0.11', [1, 2, 3, 4]);
  await scanward.stdout.wait(/"action":"block"/);
  await send(
    attacker.ns,
    [5, 6, 7, 8].map((port) =>
      frameTo(attacker, victim, syn(port, 7_000), { source: `2001:db8:bad::${port}`, ipv6: true }),
    ),
  );
  await scanward.stdout.wait(/"action":"lost"/);
  await scanward.stdout.wait(/"action":"unblock"/);
  expect(told('connection')).toHaveLength(6);
  expect(told('connection')[5]).toMatchObject({
    event: { kind: 'event', category: ['network'] },
    source: { ip: '2001:db8:bad::7', port: 7_000 },
    destination: { ip: victim.ipv6, port: 7 },
    network: { type: 'ipv6', transport: 'tcp' },
    observer: { ingress: { interface: { name: 'eth0' } } },
  });
  expect(told('port-scan')).toMatchObject([
    { source: { ip: '10.77.0.11' }, destination: { ip: victim.ipv4 }, scanward: { scan: { ports: [1, 2, 3, 4] } } },
    {
      source: { ip: '2001:db8:bad::8' },
      observer: { ingress: { interface: { name: 'eth0' } } },
      scanward: { source: { prefix: '2001:db8:bad::/64' }, scan: { ports: [5, 6, 7, 8] } },
    },
  ]);
  expect(told('block')).toMatchObject([{ source: { ip: '10.77.0.11' }, scanward: { block: { reason: 'scan' } } }]);
  expect(told('lost')).toMatchObject([{ scanward: { lost: { what: 'blocks', count: 1, cause: 'blocklist full' } } }]);
  expect(told('unblock')).toMatchObject([{ source: { ip: '10.77.0.11' } }]);
  expect(scanward.stderr.matching(/blocklist is full \(1 entries\): raise --max-blocks/)).toHaveLength(1);
});

const HOUR_S = 3_600;
/** The hour of a line's time, of a day. */
const hourOf = (line: string): number => Number(/ (\d\d):/.exec(line)![1]);

test('a wall-clock step of an hour changes no decision', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scanward-clock-'));
  await using _folder = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  await using shim = await buildNative('wallclock', { shared: true });
  await using pair = await createPair();
  const { victim, attacker } = pair;
  const file = join(folder, 'offset');
  const step = (seconds: number): Promise<void> => writeFile(file, String(seconds));
  await step(0);
  const env = { LD_PRELOAD: shim.path, WALLCLOCK_FILE: file };
  const args = ['-t', '100ms', '-d', '300ms', '--window', '4s', '--block-ttl', '9s'];
  await using scanward = await Scanward.start(victim.ns, { args, env });
  const touch = (source: string, ports: number[]): Promise<void> => touchFrom(attacker, victim, source, ports);
  const A = '10.77.0.11';
  const B = '10.77.0.12';
  const C = '10.77.0.13';

  await touch(B, [1, 2, 3, 4]);
  const blocked = await scanward.stdout.wait(/Blocked 10\.77\.0\.12 /);
  await touch(A, [1, 2]);
  await touch(C, [1, 2]);
  const before = await scanward.stdout.wait(/New connection: 10\.77\.0\.13:/);
  await step(HOUR_S);
  await sleep(300);
  // The window holds what was touched before the step: the two ports count. Not all are B's: they would be decoys.
  await touch(A, [3, 5]);
  await scanward.stdout.wait(scanBy(A));
  const stepped = scanward.stdout.matching(/New connection: 10\.77\.0\.11:.*:3$/)[0]!;
  expect(
    (hourOf(stepped) - hourOf(before.text) + 24) % 24,
    'the shim must have moved the clock',
  ).toBeGreaterThanOrEqual(1);
  // The block holds although by the wall clock it has run out.
  expect(scanward.stdout.matching(/Unblocked/)).toEqual([]);
  // An hour back: what left the window does not come back.
  await step(-HOUR_S);
  await sleep(4_200);
  await touch(C, [3, 4]);
  await sleep(500);
  expect(scansIn(scanward.stdout).map(({ source }) => source)).toEqual([B, A]);
  // And the block ends when its nine seconds are over, not an hour later.
  const unblocked = await scanward.stdout.wait(/Unblocked 10\.77\.0\.12$/, 10_000);
  expect(unblocked.atMs - blocked.atMs).toBeGreaterThan(8_000);
  expect(unblocked.atMs - blocked.atMs).toBeLessThan(10_500);
  expect(await scanward.stop()).toMatchObject({ exitCode: 0 });
});

const touchFrom = (attacker: Host, victim: Host, source: string, ports: number[]): Promise<void> =>
  send(
    attacker.ns,
    ports.map((port) => frameTo(attacker, victim, syn(port, 7_000), { source })),
  );
