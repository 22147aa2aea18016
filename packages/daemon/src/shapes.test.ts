import { Crowd, SlowScans, Sweeps } from '@scanward/detector';
import { ProbeKind } from '@scanward/map-codec';
import { beforeAll, describe, expect, test } from 'vitest';
import { type FakeWorld, ip } from '../test/fakes.ts';
import { OPTIONS, POLICY, startDaemon } from '../test/start.ts';
import { AllWindows } from './all-windows.ts';
import { detectorPolicy, type PolicyOptions } from './policy.ts';

beforeAll(() => void (process.env['TZ'] = 'UTC'));

const SHAPED: Partial<PolicyOptions> = {
  addressLimit: { windowS: 600, limit: 16 },
  distributedLimit: { windowS: 600, limit: 64 },
  protect: [{ address: ip('198.51.100.0'), bits: 120 }],
};

function started(change: Partial<PolicyOptions> = {}, prepare?: (world: FakeWorld) => void) {
  const { world } = startDaemon({ policy: { ...POLICY, ...SHAPED, ...change } }, prepare);
  const told = (what: RegExp): string[] => world.lines.lines.filter((line) => what.test(line));
  const look = () => world.clock.advance(OPTIONS.blockingPeriodMs);
  return { world, told, look };
}

const to = (address: string) => ({ destination: ip(address) });
const behind = (n: number) => to(`198.51.100.${n}`);

describe.each(['kernel', 'user'] as const)('%s mode', (mode) => {
  test('one port of many addresses is a horizontal scan, and is blocked', () => {
    const { world, told, look } = started({ mode });
    for (let i = 0; i < 16; i++) world.connect('192.0.2.56', 22, behind(i));
    look();
    expect(told(/Port scan|Blocked/)).toEqual([]);
    world.connect('192.0.2.56', 22, behind(16));
    look();
    expect(told(/Port scan detected/)).toEqual([
      expect.stringMatching(/: 192\.0\.2\.56 -> 198\.51\.100\.16 on ports 22 \(horizontal, 17 addresses\)$/),
    ]);
    expect(told(/Blocked/)).toEqual([expect.stringContaining('Blocked 192.0.2.56 until')]);
  });

  test('neither addresses that are not ours, nor an allowed source, nor more than the limit where there is none', () => {
    const allow = [{ address: ip('192.0.2.7'), bits: 128, reason: 'operator' as const }];
    const { world, told, look } = started({ mode }, (fresh) => (fresh.network = { ...fresh.network, allow }));
    for (let i = 0; i < 60; i++) {
      world.connect('192.0.2.56', 22, to(`203.0.113.${i}`));
      world.connect('192.0.2.7', 22, behind(i));
    }
    look();
    expect(told(/Port scan|Blocked/)).toEqual([]);
    const unlimited = started({ mode, addressLimit: undefined });
    for (let i = 0; i < 60; i++) unlimited.world.connect('192.0.2.56', 22, behind(i));
    unlimited.look();
    expect(unlimited.told(/Port scan|Blocked/)).toEqual([]);
  });

  test('many sources, each of which asks for little, are told together; nobody is blocked', () => {
    const { world, told, look } = started({ mode });
    for (let i = 0; i < 70; i++) world.connect(`203.0.113.${i % 35}`, 1_000 + i);
    look();
    expect(told(/Port scan|Blocked/)).toEqual([
      expect.stringMatching(
        /: Port scan detected: 35 sources on ports 1000,.* and 38 more in 10 min \(distributed, uncertain\)$/,
      ),
    ]);
    look();
    expect(told(/Port scan/)).toHaveLength(1);
  });

  test('clients of many ports that they are answered on are none', () => {
    const { world, told, look } = started({ mode });
    for (let i = 0; i < 140; i++) world.connect(`203.0.113.${i % 70}`, 1_000 + (i % 70), { kind: ProbeKind.HANDSHAKE });
    for (let i = 0; i < 140; i++) world.connect(`203.0.113.${i % 70}`, 1_000 + (i % 70));
    look();
    expect(told(/Port scan/)).toEqual([]);
  });
});

test('user mode: many ports of many addresses are a block', () => {
  const { world, told, look } = started({ mode: 'user' });
  for (let i = 0; i < 8; i++) world.connect('192.0.2.56', 1_000 + i, behind(i));
  look();
  expect(told(/Port scan detected/)).toEqual([expect.stringMatching(/\(block, 8 addresses\)$/)]);
});

test('kernel mode: the program reports, and how wide it is is known', () => {
  const { world, told } = started();
  for (let i = 0; i < 4; i++) world.connect('192.0.2.56', 1_000 + i, behind(i));
  world.scan('192.0.2.56', [1_000, 1_001, 1_002, 1_003, 1_004], behind(9));
  world.clock.advance(OPTIONS.trackingPeriodMs);
  expect(told(/Port scan detected/)).toEqual([expect.stringMatching(/\(block, 5 addresses\)$/)]);
});

test('--response log: a horizontal scan that goes on to many ports ends as a block', () => {
  const { world, told } = started({ mode: 'user', response: 'log' });
  world.clock.advance(30_000);
  for (let i = 0; i < 20; i++) world.connect('192.0.2.56', 22, behind(i));
  world.clock.advance(35_000);
  for (let i = 0; i < 8; i++) world.connect('192.0.2.56', 1_000 + i, behind(0));
  world.clock.advance(10 * OPTIONS.blockingPeriodMs);
  expect(told(/Port scan detected/)).toEqual([expect.stringMatching(/\(horizontal, 17 addresses\)$/)]);
  expect(told(/Port scan ended/)).toEqual([expect.stringMatching(/\(block, 17 addresses\)$/)]);
});

test('own addresses count, as the host has them', () => {
  const own = (n: number) => ({ address: ip(`203.0.113.${n}`), bits: 128, reason: 'own' as const });
  const allow = Array.from({ length: 20 }, (_, i) => own(i));
  const { world, told, look } = started({}, (fresh) => (fresh.network = { ...fresh.network, allow }));
  for (let i = 0; i < 17; i++) world.connect('192.0.2.56', 22, to(`203.0.113.${i}`));
  look();
  expect(told(/Port scan detected/)).toEqual([expect.stringMatching(/\(horizontal, 17 addresses\)$/)]);
});

test('one that was unblocked by hand begins anew', () => {
  const { world, told, look } = started();
  for (let i = 0; i < 17; i++) world.connect('192.0.2.56', 22, behind(i));
  look();
  world.blocks.remove(ip('192.0.2.56'));
  look();
  for (let i = 20; i < 36; i++) world.connect('192.0.2.56', 22, behind(i));
  look();
  expect(told(/Port scan detected/)).toHaveLength(1);
  world.connect('192.0.2.56', 22, behind(36));
  look();
  expect(told(/Port scan detected/)).toHaveLength(2);
});

test('what a source does while it is blocked is not held against it', () => {
  const sweeps = new Sweeps({
    maxSources: 64,
    sourceKeys: OPTIONS.sourceKeys,
    policy: detectorPolicy(POLICY, []),
    window: { windowS: 600, limit: 3 },
    isOurs: () => true,
    allowed: () => false,
  });
  const slow = new SlowScans({
    ...{ maxSources: 64, sourceKeys: OPTIONS.sourceKeys, windows: [] },
    policy: detectorPolicy(POLICY, []),
    allowed: () => false,
  });
  const crowd = new Crowd({
    ...{ sourceKeys: OPTIONS.sourceKeys, window: undefined },
    policy: detectorPolicy(POLICY, []),
    allowed: () => false,
  });
  const all = new AllWindows(
    { detector: undefined, slow, sweeps, crowd },
    { threshold: 3, addressLimit: { windowS: 600, limit: 3 } },
  );
  const source = ip('192.0.2.56');
  const sweep = () => {
    for (let n = 0; n < 9; n++) all.connectionAt(Uint8Array.of(...source, ...ip(`198.51.100.${n}`)), 0, 16, 22, 1, n);
  };
  all.connectionAt(Uint8Array.of(...source, ...ip('198.51.100.0')), 0, 16, 22, 1, 0);
  all.settle(source, 0n);
  sweep();
  expect(all.takeScans()).toEqual([]);
  all.forget(source);
  sweep();
  expect(all.takeScans()).toMatchObject([{ shape: 'horizontal', addressesCount: 4 }]);
});
