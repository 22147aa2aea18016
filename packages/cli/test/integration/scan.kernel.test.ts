/** What Scanward is for, in one place, as the kernel matrix runs it on every kernel: real scanners against the daemon. */
import { parseAddress, parseFrame } from '@scanward/packet';
import {
  capture,
  connect,
  frameTo,
  hping3,
  nmap,
  patience,
  PORTS_SCANNED,
  Scanward,
  send,
  syn,
} from '@scanward/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPlace, OPEN_PORTS, type Place } from './place.ts';
import { literally, scanBy, scansIn } from './seen.ts';

/** Longer than what is asked of a blocked host; an emulated one takes up to 7 s for it. */
const BLOCK_TTL_S = Math.max(5_000, patience(4_000)) / 1_000;
const TAGGED = '10.77.0.77';
const BYSTANDER = '10.77.0.78';

describe.each(['native', 'generic'] as const)('%s', (xdp) => {
  let place: Place;
  let scanward: Scanward;
  beforeAll(async () => {
    place = await createPlace();
    const args = ['--xdp', xdp, '--block-ttl', `${BLOCK_TTL_S}s`, '-t', '100ms'];
    scanward = await Scanward.start(place.victim.ns, { args });
  });
  afterAll(async () => {
    await scanward.kill();
    await place[Symbol.asyncDispose]();
  });

  /** What nmap learns, before its block and after. */
  async function scanned(family: 'ipv4' | 'ipv6'): Promise<void> {
    const { victim, attacker } = place;
    expect((await nmap(attacker.ns, victim[family])).answered).toBeLessThanOrEqual(3);
    await scanward.stdout.wait(scanBy(attacker[family]));
    await scanward.stdout.wait(new RegExp(`Blocked ${literally(attacker[family])} until .* \\(port scan\\)`));
    expect(await connect(attacker.ns, victim[family], 80, 500)).toBe('filtered');
    const told = scansIn(scanward.stdout).filter(({ source }) => source === attacker[family]);
    expect(told).toMatchObject([{ destination: victim[family] }]);
    expect(told[0]!.ports).toHaveLength(4);
    expect((await nmap(attacker.ns, victim[family], { ports: '1-50' })).answered).toBe(0);
  }

  test('an ordinary client is served', async () => {
    const { victim, client } = place;
    expect(scanward.stderr.matching(new RegExp(`attached to eth0 \\(${xdp}\\)`))).toHaveLength(1);
    for (const family of ['ipv4', 'ipv6'] as const) {
      expect(await connect(client.ns, victim[family], 80)).toBe('open');
      expect(await connect(client.ns, victim[family], 81)).toBe('closed');
    }
    expect(scansIn(scanward.stdout)).toEqual([]);
  });

  // First, since its block is to be over at the end.
  test('nmap over ipv4: 3 answers at most, then silence', () => scanned('ipv4'));

  test('hping3: 3 answers at most', async () => {
    const { victim, client } = place;
    // With its two connections before, that makes at most one more distinct port.
    expect(await hping3(client.ns, victim.ipv4, { firstPort: 1, count: 20 })).toBeLessThanOrEqual(3);
    await scanward.stdout.wait(scanBy(client.ipv4));
  });

  test('SYNs in a VLAN: the fourth and everything after it never arrive', async () => {
    const { victim, attacker } = place;
    const from = (source: string, port: number): Uint8Array =>
      frameTo(attacker, victim, syn(port, 5_000), { source, vlans: [{ id: 5 }] });
    await using arrived = await capture(victim.ns);
    await send(
      attacker.ns,
      [1, 2, 3, 4, 5, 6].map((port) => from(TAGGED, port)),
    );
    await scanward.stdout.wait(scanBy(TAGGED));
    await send(attacker.ns, [from(TAGGED, 7), from(BYSTANDER, 8)]);
    await scanward.stdout.wait(new RegExp(`New connection: ${literally(BYSTANDER)}:`));
    const ports = (source: string, frames: Uint8Array[]): (number | undefined)[] =>
      frames
        .map((bytes) => parseFrame(bytes))
        .filter((packet) => packet.source?.join() === parseAddress(source).join())
        .map(({ destinationPort }) => destinationPort);
    const frames = await arrived.frames();
    expect(ports(TAGGED, frames)).toEqual([1, 2, 3]);
    expect(ports(BYSTANDER, frames)).toEqual([8]);
  });

  test('nmap over ipv6: 3 answers at most, then silence', () => scanned('ipv6'));

  test('a block that is over lets its host in again, and what it scans then is a scan', async () => {
    const { victim, attacker } = place;
    const blocked = new RegExp(`Blocked ${literally(attacker.ipv4)} until`);
    const { atMs } = await scanward.stdout.wait(blocked);
    await sleep(Math.max(0, atMs + BLOCK_TTL_S * 1_000 + 300 - performance.now()));
    expect(await connect(attacker.ns, victim.ipv4, 80)).toBe('open');
    await scanward.stdout.wait(new RegExp(`Unblocked ${literally(attacker.ipv4)}$`));
    await nmap(attacker.ns, victim.ipv4, { ports: '100-120' });
    await expect.poll(() => scanward.stdout.matching(blocked).length, { timeout: patience(5_000) }).toBe(2);
    expect(await connect(attacker.ns, victim.ipv4, 80, 500)).toBe('filtered');
  });

  test('killed, it leaves nothing attached, and the scan sees all', async () => {
    const { victim, attacker } = place;
    await scanward.kill();
    expect(await victim.ns.ip('link', 'show', 'eth0')).not.toContain('xdp');
    const open = OPEN_PORTS.filter((port) => port <= PORTS_SCANNED);
    expect(await nmap(attacker.ns, victim.ipv4)).toMatchObject({ open, answered: PORTS_SCANNED });
  });
});
