import { ProbeKind } from '@scanward/map-codec';
import { beforeAll, expect, test } from 'vitest';
import { allowEntry, EPHEMERAL, FakeWorld, ip, SECOND, settled, ZERO_COUNTERS } from '../test/fakes.ts';
import { POLICY, startDaemon } from '../test/start.ts';
import type { Figures } from './figures.ts';
import { SCAN_SHAPES } from './scans/scan-shape.ts';

beforeAll(() => void (process.env['TZ'] = 'UTC'));

const HOUR = 3_600n * SECOND;
const operator = { startNs: 0n, expiryNs: 0n, reason: 'operator', packets: 0n, bytes: 0n } as const;

test('at the start all is there, and zero', () => {
  const { world, daemon } = startDaemon({}, (fresh) => {
    fresh.network = { allow: [allowEntry('10.0.0.5', 'own')], onlink: [], ephemeral: EPHEMERAL };
  });
  const figures = daemon.figures();
  expect(Object.keys(figures.scans)).toEqual([...SCAN_SHAPES]);
  expect(Object.values({ ...figures.scans, ...figures.probes }).every((count) => count === 0)).toBe(true);
  expect(Object.keys(figures.probes)).toEqual([
    'syn',
    'fin',
    'null',
    'xmas',
    'maimon',
    'ack',
    'odd',
    'udp',
    'fragment',
  ]);
  expect(figures).toMatchObject({
    counters: ZERO_COUNTERS,
    startMs: world.clock.wallMs(),
    scansInProgress: 0,
    blocks: { made: { daemon: 0, operator: 0 }, ended: 0, refused: 0, capped: 0 },
    lost: [],
    allowed: 1,
    sources: undefined,
  });
});

test('probes by kind, a handshake is none; scans by the shape that they are told with', () => {
  const { world, daemon } = startDaemon();
  world.connect('192.0.2.1', 80);
  world.connect('192.0.2.1', 81, { kind: ProbeKind.XMAS });
  world.connect('192.0.2.1', 82, { kind: ProbeKind.HANDSHAKE });
  world.connect('192.0.2.1', 83, { kind: 200 });
  world.scan('192.0.2.2', [1, 2, 3, 4], {}, HOUR);
  world.scan('192.0.2.3', [5, 6, 7, 8], {}, HOUR);
  world.clock.advance(1_000);
  const { probes, scans, scansInProgress } = daemon.figures();
  expect(probes).toMatchObject({ syn: 1, xmas: 1, udp: 0 });
  expect(Object.values(probes).reduce((sum, each) => sum + each, 0)).toBe(2);
  expect(scans).toMatchObject({ vertical: 2, decoy: 0 });
  expect(scansInProgress).toBe(2);
});

test('blocks of the operator, of the daemon, and those that ended', () => {
  const { world, daemon } = startDaemon({ policy: { ...POLICY, mode: 'user' }, blockingPeriodMs: 1_000 });
  world.blocks.put({ source: ip('198.51.100.0'), bits: 120, ...operator, isNet: true });
  for (const port of [1, 2, 3, 4]) world.connect('192.0.2.1', port);
  world.isChanged = true;
  world.clock.advance(1_000);
  expect(daemon.figures().blocks).toMatchObject({ made: { daemon: 1, operator: 1 }, ended: 0 });
  world.blocks.removeNet({ address: ip('198.51.100.0'), bits: 120 });
  world.clock.advance(1_000);
  expect(daemon.figures().blocks.ended).toBe(1);
});

test('what was there before it started is not its own', () => {
  const { world, daemon } = startDaemon({ adopted: true }, (fresh) => {
    fresh.blocks.put({ source: ip('192.0.2.9'), bits: 128, ...operator, isNet: false });
    fresh.count({ connectionsLost: 7n });
  });
  world.clock.advance(60_000);
  const { blocks, lost, counters } = daemon.figures();
  expect(blocks.made.operator).toBe(0);
  expect(lost).toEqual([]);
  expect(counters.connectionsLost).toBe(7n);
});

test('who proved himself is blocked by the daemon, whatever the program had no room for', async () => {
  const { world, daemon } = startDaemon();
  world.connect('192.0.2.1', 80, { kind: ProbeKind.HANDSHAKE });
  world.scan('192.0.2.1', [1, 2, 3, 4]);
  await world.events.wake();
  await settled();
  expect(world.blocks.get(ip('192.0.2.1'))).toMatchObject({ reason: 'scan' });
  expect(daemon.figures().blocks.made).toEqual({ daemon: 1, operator: 0 });
  expect(daemon.stop().blocks).toBe(1n);
});

test('blocks that could not be made are counted by their cause', () => {
  const full = (prepare: (world: FakeWorld) => void, maxNewBlocks = 0): Figures => {
    const { world, daemon } = startDaemon(
      { policy: { ...POLICY, mode: 'user', maxNewBlocks }, blockingPeriodMs: 1_000 },
      prepare,
    );
    for (const host of [1, 2]) {
      for (const port of [1, 2, 3, 1_000 + host]) world.connect(`192.0.2.${host}`, port);
    }
    world.clock.advance(2_000);
    return daemon.figures();
  };
  expect(full(({ blocks }) => void (blocks.room = 1)).blocks).toMatchObject({ refused: 1, capped: 0 });
  expect(full(() => undefined, 1).blocks).toMatchObject({ refused: 0, capped: 1 });
});

test('how long passes took and how late they are, and the sources that the blocking watcher found', () => {
  const { world, daemon } = startDaemon({ blockingPeriodMs: 2_000 });
  world.clock.advance(2_000);
  const { watchers, sources } = daemon.figures();
  expect(sources).toBe(0);
  expect(watchers.tracking).toMatchObject({ count: 2, within: [2, 2, 2, 2, 2], lagSeconds: 0 });
  expect(watchers.blocking.count).toBe(1);
  // Nobody gave it its time: the next tick is due since half a second.
  world.clock.nowNs += 1_500_000_000n;
  expect(daemon.figures().watchers.tracking.lagSeconds).toBe(0.5);
  expect(daemon.figures().watchers.network.lagSeconds).toBe(0);
});

test('figures are plain values: they do not change any more', () => {
  const { world, daemon } = startDaemon();
  const before = daemon.figures();
  const copy = structuredClone(before);
  world.connect('192.0.2.1', 80);
  world.scan('192.0.2.2', [1, 2, 3, 4], {}, HOUR);
  world.blocks.put({ source: ip('192.0.2.7'), bits: 128, ...operator, isNet: false });
  world.clock.advance(60_000);
  expect(before).toEqual(copy);
  expect(daemon.figures()).not.toEqual(copy);
});
