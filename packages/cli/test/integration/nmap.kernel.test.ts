import { atPace, connect, nmap, patience, PORTS_SCANNED, Scanward, type Host } from '@scanward/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createPlace, OPEN_PORTS } from './place.ts';
import { literally, scanBy, scansIn } from './seen.ts';

const SCANS = [
  { technique: '-sS', family: 'ipv4' },
  { technique: '-sT', family: 'ipv4' },
  { technique: '-sS', family: 'ipv6' },
  { technique: '-sT', family: 'ipv6' },
] as const;

/** That others, and the victim's own connections, are as if nothing happened. */
async function expectPeace(victim: Host, client: Host): Promise<void> {
  for (const family of ['ipv4', 'ipv6'] as const) {
    expect(await connect(client.ns, victim[family], 80)).toBe('open');
    expect(await connect(client.ns, victim[family], 81)).toBe('closed');
    expect(await connect(victim.ns, client[family], 8080)).toBe('open');
  }
}

const ascending = (ports: number[]): number[] => [...new Set(ports)].sort((a, b) => a - b);

const FRAGMENTED = { technique: '-sS', family: 'ipv4', args: ['-f'] } as const;

/** Of the others the scan tests have some. */
const FEW = [FRAGMENTED];

test.concurrent.each(atPace([...SCANS.map((scan) => ({ ...scan, args: [] })), FRAGMENTED], FEW))(
  'kernel mode, nmap $technique $args over $family: 3 answers at most, then silence',
  async ({ technique, family, args }) => {
    await using place = await createPlace();
    const { victim, attacker, client } = place;
    await using scanward = await Scanward.start(victim.ns);
    await expectPeace(victim, client);

    const first = await nmap(attacker.ns, victim[family], { technique, args });
    expect(first.answered).toBeLessThanOrEqual(3);
    await scanward.stdout.wait(scanBy(attacker[family]));
    await scanward.stdout.wait(new RegExp(`Blocked ${literally(attacker[family])} until .* \\(port scan\\)`));
    const [scan, ...more] = scansIn(scanward.stdout);
    expect(more).toEqual([]);
    expect(scan).toMatchObject({ source: attacker[family], destination: victim[family] });
    expect(scan!.ports).toHaveLength(4);
    expect(scan!.ports).toEqual(ascending(scan!.ports));
    expect(scan!.ports.every((port) => port >= 1 && port <= PORTS_SCANNED)).toBe(true);

    expect((await nmap(attacker.ns, victim[family], { technique, args })).answered).toBe(0);
    await expectPeace(victim, client);
    expect(await scanward.stop()).toEqual({ exitCode: 0, signal: undefined });
  },
);

test.concurrent.each(atPace<readonly (typeof SCANS)[number][]>(SCANS, SCANS.slice(3)))(
  'user mode -d 5s, nmap $technique over $family: shut out within 6 s',
  async ({ technique, family }) => {
    await using place = await createPlace();
    const { victim, attacker, client } = place;
    await using scanward = await Scanward.start(victim.ns, { args: ['--mode', 'user', '-d', '5s'] });

    const begun = performance.now();
    const first = await nmap(attacker.ns, victim[family], { technique });
    expect(first.open.length).toBeGreaterThan(0);
    const told = await scanward.stdout.wait(scanBy(attacker[family]), 10_000);
    expect(told.atMs - begun).toBeLessThan(patience(6_000));
    expect(await connect(attacker.ns, victim[family], 80)).toBe('filtered');
    expect(performance.now() - begun).toBeLessThan(patience(6_000 + 1_500));

    const [scan] = scansIn(scanward.stdout);
    expect(scan!.ports.length).toBeGreaterThan(3);
    expect(scan!.ports).toEqual(ascending(scan!.ports));
    expect((await nmap(attacker.ns, victim[family], { technique })).answered).toBe(0);
    await expectPeace(victim, client);
  },
);

test.concurrent.each(atPace(['kernel', 'user'], ['user']))(
  '%s mode: after --block-ttl 5s the source is let in again',
  async (mode) => {
    await using place = await createPlace();
    const { victim, attacker } = place;
    await using scanward = await Scanward.start(victim.ns, { args: ['--mode', mode, '-d', '1s', '--block-ttl', '5s'] });
    await nmap(attacker.ns, victim.ipv4, { ports: '1-20' });
    const blocked = await scanward.stdout.wait(/Blocked /);
    expect(await connect(attacker.ns, victim.ipv4, 80, 300)).toBe('filtered');
    await sleep(Math.max(0, blocked.atMs + 5_200 - performance.now()));
    expect(await connect(attacker.ns, victim.ipv4, 80)).toBe('open');
    await scanward.stdout.wait(new RegExp(`Unblocked ${literally(attacker.ipv4)}$`));
    // And it is a scanner again when it scans again.
    await nmap(attacker.ns, victim.ipv4, { ports: '100-120' });
    const endMs = performance.now() + patience(5_000);
    while (scansIn(scanward.stdout).length < 2 && performance.now() < endMs) await sleep(20);
    expect(scansIn(scanward.stdout)).toHaveLength(2);
  },
);

test.concurrent('without Scanward the scan sees all (the canary of these tests)', async () => {
  await using place = await createPlace();
  const scan = await nmap(place.attacker.ns, place.victim.ipv4);
  const open = OPEN_PORTS.filter((port) => port <= PORTS_SCANNED);
  expect(scan).toMatchObject({ open, answered: PORTS_SCANNED });
});

test.concurrent('--response log reports and blocks nobody; an allowed source is not reported', async () => {
  await using place = await createPlace();
  const { victim, attacker, client } = place;
  await using scanward = await Scanward.start(victim.ns, { args: ['--response', 'log', '--allow', client.ipv4] });
  expect((await nmap(client.ns, victim.ipv4)).answered).toBe(PORTS_SCANNED);
  expect((await nmap(attacker.ns, victim.ipv4)).answered).toBe(PORTS_SCANNED);
  await scanward.stdout.wait(scanBy(attacker.ipv4));
  expect(scansIn(scanward.stdout).map(({ source }) => source)).toEqual([attacker.ipv4]);
  expect(scanward.stdout.matching(/Blocked/)).toEqual([]);
});
