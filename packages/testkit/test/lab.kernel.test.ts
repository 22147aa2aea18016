import { parseFrame, TcpFlag } from '@scanward/packet';
import { expect, test } from 'vitest';
import {
  buildNative,
  capture,
  connect,
  createPair,
  flood,
  fragmentsTo,
  frameTo,
  Lab,
  leakSnapshot,
  leaksSince,
  listen,
  nmap,
  send,
  syn,
} from '../src/index.ts';

test('hosts reach each other over IPv4 and IPv6, also through the router, and nothing is left', async () => {
  const before = await leakSnapshot();
  {
    await using lab = await Lab.create();
    const victim = await lab.host('victim');
    const near = await lab.host('near');
    const far = await lab.routedHost('far');
    await using _server = await listen(victim.ns, [80]);
    for (const host of [near, far]) {
      for (const address of [victim.ipv4, victim.ipv6]) {
        expect(await connect(host.ns, address, 80)).toBe('open');
        expect(await connect(host.ns, address, 81)).toBe('closed');
      }
    }
  }
  expect(await leaksSince(before)).toEqual([]);
});

test('an unprotected host answers nmap on every port', async () => {
  await using lab = await Lab.create();
  const [victim, attacker] = [await lab.host('victim'), await lab.host('attacker')];
  await using _server = await listen(victim.ns, [22, 80]);
  for (const [technique, target] of [
    ['-sS', victim.ipv4],
    ['-sT', victim.ipv4],
    ['-sS', victim.ipv6],
  ] as const) {
    const scan = await nmap(attacker.ns, target, { technique });
    expect(scan).toMatchObject({ open: [22, 80], answered: 1024 });
  }
});

test('a frame arrives as it was sent, and is answered', async () => {
  await using pair = await createPair();
  const { victim, attacker } = pair;
  await using seen = await capture(victim.ns);
  await using answers = await capture(attacker.ns);
  const extensions = [{ kind: 'hop-by-hop' }, { kind: 'destination' }, { kind: 'fragment' }] as const;
  const sent = [
    frameTo(attacker, victim, syn(9)),
    frameTo(attacker, victim, syn(9), { vlans: [{ id: 5 }] }),
    frameTo(attacker, victim, syn(9), { extensions }),
    ...fragmentsTo(attacker, victim, syn(10, 40_000, 40), 24),
  ];
  await send(attacker.ns, sent);
  const hex = (all: Uint8Array[]): string[] => all.map((bytes) => Buffer.from(bytes).toString('hex'));
  await expect.poll(async () => connect(attacker.ns, victim.ipv4, 11)).toBe('closed');
  expect(hex(await seen.frames())).toEqual(expect.arrayContaining(hex(sent)));
  // Resets to ports 9 (IPv4), 9 (IPv6), 10 (reassembled), 11.
  const resets = (await answers.frames()).filter((bytes) => (parseFrame(bytes).flags ?? 0) & TcpFlag.rst);
  expect(resets.length).toBeGreaterThanOrEqual(4);
});

test('a flood arrives whole, from distinct sources', async () => {
  await using pair = await createPair();
  await using tool = await buildNative('flood');
  await using seen = await capture(pair.victim.ns);
  await flood(tool, pair.attacker, pair.victim, 5_000, 7);
  const sources = (await seen.frames()).map((bytes) => parseFrame(bytes)).filter((packet) => packet.class === 'syn');
  expect(new Set(sources.map(({ source }) => source?.join())).size).toBe(5_000);
});

test('a namespace that stays behind is found (the canary of the leak check)', async () => {
  const before = await leakSnapshot();
  await using _lab = await Lab.create();
  expect(await leaksSince(before)).toContainEqual(expect.stringMatching(/^namespace scw-/));
});
