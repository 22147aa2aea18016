import { createPair, frameTo, Scanward, send, syn } from '@scanward/testkit';
import { expect, test } from 'vitest';

test('an interface that vanishes is waited for, while the others go on; one that is down is told', async () => {
  await using pair = await createPair();
  const { victim, attacker } = pair;
  const { ns } = victim;
  const addSecond = () => ns.ip('link', 'add', 'second', 'type', 'veth', 'peer', 'name', 'other');
  await addSecond();
  await ns.ip('link', 'set', 'second', 'up');
  await using scanward = await Scanward.start(ns, { args: ['-i', 'eth0', '-i', 'second', '-t', '100ms'] });
  await scanward.stderr.wait(/attached to second/);

  await ns.ip('link', 'del', 'second');
  await scanward.stderr.wait(/warning: second is gone: waiting until it is back$/);
  await send(attacker.ns, [frameTo(attacker, victim, syn(80, 1_000))]);
  await scanward.stdout.wait(/New connection: .*:1000 -> .*:80$/);

  await addSecond();
  await scanward.stderr.wait(/warning: second is down: it shows no packets until it is up$/);
  await ns.ip('link', 'set', 'second', 'up');
  await scanward.stderr.wait(/second is up$/);
  expect(scanward.stderr.matching(/attached to second/)).toHaveLength(2);

  // What becomes an own address is allowed, and one that is none any more is not.
  await ns.ip('address', 'add', '192.0.2.77/32', 'dev', 'second');
  await scanward.stderr.wait(/: allowed 192\.0\.2\.77 \(own address\)$/, 10_000);
  await ns.ip('address', 'del', '192.0.2.77/32', 'dev', 'second');
  await scanward.stderr.wait(/: no longer allowed 192\.0\.2\.77 \(own address\)$/, 10_000);
  expect(await scanward.stop()).toEqual({ exitCode: 0, signal: undefined });
});

test('without -i it watches the interface of the default route, and its gateway is allowed', async () => {
  await using pair = await createPair();
  const { ns } = pair.victim;
  await ns.ip('route', 'add', 'default', 'via', pair.attacker.ipv4);
  await using scanward = await Scanward.start(ns, { byDefaultRoute: true });
  await scanward.stderr.wait(new RegExp(`allowed ${pair.attacker.ipv4} \\(gateway\\)`));
  await scanward.stderr.wait(/attached to eth0 \(native\)$/);
  expect(await scanward.stop()).toEqual({ exitCode: 0, signal: undefined });
  await scanward.stderr.wait(/saw \d+ connections/);
});
