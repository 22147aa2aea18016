/** What a packet that anybody can forge must not do: shut out those the host lives by, cut a session, or be taken for proof. */
import {
  atPace,
  connect,
  frameTo,
  type Host,
  Lab,
  listen,
  patience,
  Scanward,
  send,
  serve,
  session,
  syn,
} from '@scanward/testkit';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { guarded } from './commands.ts';
import { literally } from './seen.ts';

const PROBATION_MS = 30_000;
/** Blocks begin and end at whole units. */
const UNIT_MS = 67.2;

/** SYNs to so many ports in another's name. */
const forge = (from: Host, to: Host, source: string, ports = 6): Promise<void> =>
  send(
    from.ns,
    Array.from({ length: ports }, (_, i) => frameTo(from, to, syn(1_000 + i), { source })),
    { gapUs: 200 },
  );

/** A resolver of its own for a namespace: `ip netns exec` puts it over the machine's. */
function resolvedBy(host: Host, address: string): Disposable {
  const folder = `/etc/netns/${host.ns.name}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/resolv.conf`, `nameserver ${address}\n`);
  return { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

test('in the name of the gateway, the resolver, the host itself and the SSH peer: nobody is blocked', async () => {
  await using lab = await Lab.create();
  const [victim, attacker, peer] = [await lab.host('victim'), await lab.host('attacker'), await lab.host('peer')];
  using _resolver = resolvedBy(victim, '10.77.0.53');
  await using _servers = await listen(victim.ns, [22, 80]);
  await using scanward = await Scanward.start(victim.ns, {
    env: { SSH_CONNECTION: `${peer.ipv4} 50000 ${victim.ipv4} 22` },
  });
  for (const name of ['10.77.0.254', '10.77.0.53', victim.ipv4, peer.ipv4]) await forge(attacker, victim, name);
  await forge(attacker, victim, '10.77.0.66');
  await scanward.stdout.wait(/Blocked 10\.77\.0\.66/);
  expect(scanward.stdout.matching(/Port scan detected|Blocked/)).toHaveLength(2);
  expect(await connect(peer.ns, victim.ipv4, 22)).toBe('open');
});

test('an established session goes on, whoever is forged; nothing new comes from there', async () => {
  await using lab = await Lab.create();
  const [victim, attacker, client] = [await lab.host('victim'), await lab.host('attacker'), await lab.host('client')];
  await using _echo = await serve(victim.ns, 'echo', 7_000);
  await using scanward = await Scanward.start(victim.ns);
  await using open = await session(client.ns, victim.ipv4, 7_000);
  expect(await open.say('before')).toBe('before');
  await forge(attacker, victim, client.ipv4);
  await scanward.stdout.wait(new RegExp(`Blocked ${literally(client.ipv4)} `));
  for (const word of ['during', 'still']) expect(await open.say(word)).toBe(word);
  expect(await connect(client.ns, victim.ipv4, 7_000)).toBe('filtered');
});

test('with --no-keep-established a forged scan cuts the session (the canary of the test above)', async () => {
  await using lab = await Lab.create();
  const [victim, attacker, client] = [await lab.host('victim'), await lab.host('attacker'), await lab.host('client')];
  await using _echo = await serve(victim.ns, 'echo', 7_000);
  await using scanward = await Scanward.start(victim.ns, { args: ['--no-keep-established'] });
  await using open = await session(client.ns, victim.ipv4, 7_000);
  expect(await open.say('before')).toBe('before');
  await forge(attacker, victim, client.ipv4);
  await scanward.stdout.wait(new RegExp(`Blocked ${literally(client.ipv4)} `));
  expect(await open.say('after')).toBe('lost');
});

/** How many milliseconds each block lasts in all, by whom it is of. */
function spans(blocks: readonly Record<string, unknown>[]): Map<string, number> {
  const listed = blocks as unknown as { address: string; since: string; until: string | null }[];
  return new Map(
    listed.map(({ address, since, until }) => [
      address,
      until === null ? Infinity : Date.parse(until) - Date.parse(since),
    ]),
  );
}

test('-sT with three decoys forged beside it: he himself is blocked for the whole time, no other beyond the probation', async () => {
  await using place = await guarded('running', ['--block-ttl', '1h', '-d', '1s']);
  const { victim, attacker } = place;
  await using _servers = await listen(victim.ns, [22, 80, 443]);
  const decoys = ['10.77.0.31', '10.77.0.32', '10.77.0.33'];
  for (const port of [22, 80, 443, 8, 9, 10]) {
    await Promise.all([
      send(
        attacker.ns,
        decoys.map((source) => frameTo(attacker, victim, syn(port, 40_001), { source })),
      ),
      connect(attacker.ns, victim.ipv4, port, 300),
    ]);
  }
  await sleep(patience(2_500));
  const all = spans(await place.objects('blocks'));
  expect(all.get(attacker.ipv4)).toBeGreaterThan(3_600_000 - UNIT_MS);
  for (const decoy of decoys) expect(all.get(decoy) ?? 0, decoy).toBeLessThanOrEqual(PROBATION_MS + 2 * UNIT_MS);
  expect(await place.daemon.stop()).toMatchObject({ exitCode: 0 });
  expect(place.daemon.stdout.matching(/uncertain/).length).toBeGreaterThan(0);
});

/** Of five ports each, one port of all of them after the other. */
function* crowdOf(sources: number): Generator<{ source: string; port: number }> {
  for (let port = 0; port < 5; port++)
    for (let i = 0; i < sources; i++) yield { source: `100.${64 + (i >> 14)}.${(i >> 8) & 63}.${i & 255}`, port };
}

test('a -sT hidden among 40,000 forged sources of five ports each: he gets his full block, of them none more than the probation, and few any', async () => {
  await using place = await guarded('running', ['--block-ttl', '1h', '-d', '1s']);
  const { victim, attacker } = place;
  const sources = atPace(40_000, 2_000);
  await using _servers = await listen(victim.ns, [22, 80, 443]);
  // Answers to those in whose name it is sent go nowhere.
  await victim.ns.run('ip', ['route', 'add', '100.64.0.0/10', 'via', attacker.ipv4]);
  const frames = Array.from(crowdOf(sources), ({ source, port }) =>
    frameTo(attacker, victim, syn(1_000 + port, 40_001), { source }),
  );
  const begunMs = Date.now();
  const flooding = send(attacker.ns, frames, { gapUs: 10 });
  await place.daemon.stdout.wait(/New connection: 100\./, 30_000);
  for (const port of [22, 80, 443, 8, 9, 10, 11, 12]) await connect(attacker.ns, victim.ipv4, port, 300);
  await flooding;
  await sleep(patience(3_000));
  const minutes = Math.ceil((Date.now() - begunMs) / 60_000);
  const all = spans(await place.objects('blocks'));
  const forged = [...all].filter(([source]) => source.startsWith('100.'));
  expect(all.get(attacker.ipv4)).toBeGreaterThan(3_600_000 - UNIT_MS);
  expect(Math.max(...forged.map(([, ms]) => ms))).toBeLessThanOrEqual(PROBATION_MS + 2 * UNIT_MS);
  expect(forged.length).toBeLessThanOrEqual((1 + minutes) * 300);
  expect(await place.daemon.stop()).toMatchObject({ exitCode: 0 });
  expect(place.daemon.stderr.matching(/more than 300 new blocks within a minute/)).toHaveLength(1);
}, 240_000);
