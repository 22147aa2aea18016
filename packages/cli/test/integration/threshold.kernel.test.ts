import { createPair, frameTo, Scanward, send, syn, atPace } from '@scanward/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { scanBy, scansIn } from './seen.ts';

const QUIET = '10.77.0.50';
const SCANNER = '10.77.0.51';

const ROWS: readonly (readonly ['kernel' | 'user', number])[] = [
  ['kernel', 0],
  ['kernel', 3],
  ['kernel', 10],
  ['kernel', 11],
  ['kernel', 31],
  ['user', 0],
  ['user', 3],
  ['user', 31],
  ['user', 100],
];

test.each(atPace(ROWS, [ROWS[4]!, ROWS[8]!]))(
  '%s mode, threshold %i: so many ports are no scan, one more is',
  async (mode, threshold) => {
    await using pair = await createPair();
    const { victim, attacker } = pair;
    const args = ['--mode', mode, '-n', String(threshold), '-t', '100ms', '-d', '300ms'];
    await using scanward = await Scanward.start(victim.ns, { args });
    const ports = Array.from({ length: threshold + 1 }, (_, i) => 1_000 - 7 * i);
    const touch = (source: string, port: number, sourcePort: number): Uint8Array =>
      frameTo(attacker, victim, syn(port, sourcePort), { source });
    // Each port several times, by other connections: only distinct ports count.
    const quiet = ports.slice(1).flatMap((port) => [1, 2, 3].map((n) => touch(QUIET, port, 5_000 + n)));
    const before = ports.slice(1).map((port) => touch(SCANNER, port, 6_000));
    await send(attacker.ns, [...quiet, ...before]);
    await sleep(1_000);
    expect(scansIn(scanward.stdout)).toEqual([]);

    await send(attacker.ns, [touch(SCANNER, ports[0]!, 6_000)]);
    await scanward.stdout.wait(scanBy(SCANNER));
    await sleep(500);
    const told = scansIn(scanward.stdout);
    expect(told).toEqual([{ source: SCANNER, destination: victim.ipv4, ports: [...ports].reverse() }]);
    expect(scanward.stdout.matching(/Blocked /)).toHaveLength(1);
  },
);

test('a threshold over 31 is refused in kernel mode, with the way out', async () => {
  await using pair = await createPair();
  await using scanward = Scanward.spawn(pair.victim.ns, { args: ['-n', '32'] });
  expect(await scanward.ended()).toEqual({ exitCode: 2, signal: undefined });
  expect(scanward.stderr.texts.join('\n')).toContain('--mode user');
});
