import { parseFrame } from '@scanward/packet';
import { capture, connect, frameTo, Scanward, send, syn, type Host } from '@scanward/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createPlace } from './place.ts';
import { scansIn } from './seen.ts';

/** A SYN from the n-th address of the sender's /64, to a port of its own. */
const rotated = (from: Host, to: Host, n: number, routed: boolean): Uint8Array =>
  frameTo(from, to, syn(100 + n, 4_000 + n), { source: `${from.ipv6}:${(0x100 + n).toString(16)}`, routed });

test('an IPv6 scanner that changes its address within its /64 at each probe is one source', async () => {
  await using place = await createPlace({ routed: true });
  const { victim, attacker, client } = place;
  await using scanward = await Scanward.start(victim.ns, { args: ['-t', '100ms'] });
  // The router learns the victim's hardware address.
  expect(await connect(attacker.ns, victim.ipv6, 80)).toBe('open');
  await using seen = await capture(victim.ns);
  await send(
    attacker.ns,
    Array.from({ length: 40 }, (_, n) => rotated(attacker, victim, n, true)),
  );
  await scanward.stdout.wait(/Port scan detected/);
  const [scan, ...more] = scansIn(scanward.stdout);
  expect(more).toEqual([]);
  expect(scan).toMatchObject({ source: attacker.ipv6.replace(/::1$/, '::/64'), destination: victim.ipv6 });
  expect(scan!.ports).toEqual([80, 100, 101, 102]);
  const syns = (await seen.frames()).map((bytes) => parseFrame(bytes)).filter((packet) => packet.class === 'syn');
  expect(syns.map(({ destinationPort }) => destinationPort)).toEqual([100, 101]);
  expect(await connect(attacker.ns, victim.ipv6, 80, 500)).toBe('filtered');
  expect(await connect(client.ns, victim.ipv6, 80)).toBe('open');
});

test('on-link neighbours of one /64 are sources of their own', async () => {
  await using place = await createPlace();
  const { victim, attacker } = place;
  await using scanward = await Scanward.start(victim.ns, { args: ['-t', '100ms'] });
  await send(
    attacker.ns,
    Array.from({ length: 40 }, (_, n) => rotated(attacker, victim, n, false)),
  );
  await scanward.stdout.wait(/:139$/);
  await sleep(300);
  expect(scansIn(scanward.stdout)).toEqual([]);
});
