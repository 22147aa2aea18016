/** One report a scan: a line when it is detected and one when it is over, with what came of it. */
import { atPace, frameTo, nmap, PORTS_SCANNED, patience, Scanward, send, syn } from '@scanward/testkit';
import { expect, test } from 'vitest';
import { createPlace, OPEN_PORTS } from './place.ts';
import { endsIn, scansIn, summaryOf } from './seen.ts';

const OPEN_SCANNED = OPEN_PORTS.filter((port) => port <= PORTS_SCANNED);

test.concurrent('kernel mode: a scan that is blocked', async () => {
  await using place = await createPlace();
  const { victim, attacker } = place;
  await using scanward = await Scanward.start(victim.ns, { args: ['--window', '6s'] });
  const begun = performance.now();
  const first = await nmap(attacker.ns, victim.ipv4);
  const scanMs = performance.now() - begun;
  await scanward.stdout.wait(/Port scan ended/, 30_000);
  expect(await scanward.stop()).toMatchObject({ exitCode: 0 });

  const [scan, ...more] = scansIn(scanward.stdout);
  expect(more).toEqual([]);
  const [end, ...others] = endsIn(scanward.stdout);
  expect(others).toEqual([]);
  expect(end).toMatchObject({ source: attacker.ipv4, destination: victim.ipv4, ports: 4, open: first.open });
  expect(scan!.ports).toEqual(expect.arrayContaining(first.open));
  // Half-open connections are answered again after 1, 3 and 7 s, and what the scanner says to that is dropped too.
  expect(end!.seconds).toBeLessThanOrEqual((scanMs + patience(8_000)) / 1_000);
  // All that was dropped but the packet that crossed the threshold.
  expect(end!.packets).toBe(summaryOf(scanward.stderr).dropped - 1);
  expect(end!.packets).toBeGreaterThan(PORTS_SCANNED - 4);
});

test.concurrent.each(['kernel', 'user'])('%s mode: what a scan found that nobody blocked', async (mode) => {
  await using place = await createPlace();
  const { victim, attacker } = place;
  const args = ['--mode', mode, '-d', '1s', '--response', 'log', '--window', '6s'];
  await using scanward = await Scanward.start(victim.ns, { args });
  expect((await nmap(attacker.ns, victim.ipv4)).open).toEqual(OPEN_SCANNED);
  await scanward.stdout.wait(/Port scan ended/, 30_000);
  expect(await scanward.stop()).toMatchObject({ exitCode: 0 });
  expect(scansIn(scanward.stdout)).toHaveLength(1);
  expect(endsIn(scanward.stdout)).toMatchObject([
    { source: attacker.ipv4, destination: victim.ipv4, ports: PORTS_SCANNED, open: OPEN_SCANNED, packets: undefined },
  ]);
});

test.concurrent('the end of the daemon is the end of the report, in JSON too', async () => {
  await using place = await createPlace();
  const { victim, attacker } = place;
  await using scanward = await Scanward.start(victim.ns, { args: ['--format', 'json'] });
  const { open } = await nmap(attacker.ns, victim.ipv6);
  await scanward.stdout.wait(/"action":"port-scan"/);
  expect(scanward.stdout.matching(/"action":"port-scan-end"/)).toEqual([]);
  expect(await scanward.stop()).toMatchObject({ exitCode: 0 });
  const told = scanward.stdout.matching(/"action":"port-scan-end"/).map((text) => JSON.parse(text) as object);
  expect(told).toMatchObject([
    {
      source: { ip: attacker.ipv6 },
      destination: { ip: victim.ipv6 },
      scanward: {
        scan: { ports_count: 4, open, dropped: { packets: summaryOf(scanward.stderr).dropped - 1 } },
      },
    },
  ]);
});

/** More than there may be lines. */
const FORGED = Array.from({ length: atPace(4_000, 3_100) }, (_, i) => `198.18.${i >> 8}.${i & 255}`);
const LINES_TOTAL = 3_000;

test('a flood of forged scans fills no log, and each is counted: told, or left out', async () => {
  await using place = await createPlace();
  const { victim, attacker } = place;
  await using scanward = await Scanward.start(victim.ns, { args: ['-t', '100ms'] });
  const begun = performance.now();
  await send(
    attacker.ns,
    FORGED.flatMap((source) => [1, 2, 3, 4].map((port) => frameTo(attacker, victim, syn(port, 40_000), { source }))),
    { gapUs: 100 },
  );
  await scanward.stdout.wait(new RegExp(`New connection: ${FORGED.at(-1)!.replaceAll('.', '\\.')}:.*:3$`), 30_000);
  expect(await scanward.stop()).toMatchObject({ exitCode: 0 });
  expect(performance.now() - begun, 'all within one minute').toBeLessThan(60_000);

  const count = (pattern: RegExp): number => scanward.stdout.matching(pattern).length;
  const lost = (what: string): number =>
    scanward.stdout.texts.reduce(
      (sum, text) => sum + Number(new RegExp(`Lost (\\d+) ${what}s? \\(`).exec(text)?.[1] ?? 0),
      0,
    );
  expect(count(/: (?:Port scan|Blocked|Unblocked) /)).toBe(LINES_TOTAL);
  expect(count(/Port scan detected/) + lost('scan')).toBe(FORGED.length);
  expect(count(/Port scan ended/) + lost('scan end')).toBe(FORGED.length);
  expect(count(/Lost \d+ scans? \(line limit\)/)).toBe(1);
});
