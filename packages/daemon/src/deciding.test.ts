import { ProbeKind } from '@scanward/map-codec';
import { blockExpiryNs, type Source } from '@scanward/map-codec';
import { beforeAll, describe, expect, it } from 'vitest';
import { allowEntry, FakeWorld, ip, SECOND } from '../test/fakes.ts';
import { SlowDetector } from '../test/slow-detector.ts';
import { OPTIONS, POLICY } from '../test/start.ts';
import { addressKey } from './addresses.ts';
import { Allowlist } from './allowlist.ts';
import { Blocking } from './blocking.ts';
import { Blocklist } from './blocklist.ts';
import { Deciding } from './deciding.ts';
import { textFormat } from './format-text.ts';
import { Graces } from './graces.ts';
import { Output } from './output.ts';
import type { PolicyOptions } from './policy.ts';
import { Scans } from './scans/scans.ts';
import { Suspicion } from './suspicion.ts';
import { Tracking } from './tracking.ts';
import { WallClock } from './wall-clock.ts';

beforeAll(() => void (process.env['TZ'] = 'UTC'));

const SCANNER = '192.0.2.56';
const AT = '2021-04-28 15:28:05:';

/** The two watchers of user mode, around a detector that is beyond doubt. */
function userMode(change: Partial<PolicyOptions> = {}) {
  const world = new FakeWorld();
  const detector = new SlowDetector();
  const ports = world.ports();
  const wall = new WallClock(world.clock);
  const output = new Output(world.lines, textFormat(), () => wall.ms(world.clock.nowNs));
  const graces = new Graces(world.graces, world.clock);
  const policy = { ...POLICY, ...change };
  const scans = new Scans(ports, output, wall, { ...OPTIONS, ...policy });
  const list = new Blocklist(output, wall, undefined, scans);
  const suspicion = new Suspicion(ports, list, scans, policy);
  const told = { output, wall, scans, suspicion, list, allowlist: new Allowlist(world.allow), graces };
  const deciding = new Deciding(detector, ports, told, {
    ...{ endian: 'little', policy, refused: () => tracking.refused(), capped: () => tracking.capped() },
  });
  const tracking: Tracking = new Tracking(ports, told, {
    ...{ endian: 'little', maxBlocks: 1, policy, scanned: () => undefined },
    ...{ listens: () => undefined, extent: () => ({ shape: 'vertical' }) },
    feed: (bytes, offset, view) => deciding.feed(bytes, offset, view),
  });
  const blocking = new Blocking(ports, told.list, {
    ...{ drain: () => tracking.drain(), decide: () => deciding.decide() },
    forget: (source) => detector.forget(source),
  });
  const scan = (ports = [80, 81, 82, 83], from = SCANNER) => ports.forEach((port) => world.connect(from, port));
  return { world, detector, scans, deciding, tracking, blocking, scan, allowlist: told.allowlist, graces };
}

function slot(from: string, ports: readonly number[], nowNs: bigint): Source {
  const touches = ports.map((port) => ((nowNs >> 10n) << 16n) | BigInt(port));
  return {
    ...{ source: ip(from), destination: ip('10.0.0.5'), overNs: nowNs, untilNs: 0n },
    ...{ connections: ports.length, ports: ports.length },
    touches: [...touches, ...Array<bigint>(32 - touches.length).fill(0n)],
  };
}

describe('user mode', () => {
  it('decides at the tick of the blocking watcher, not before', () => {
    const { world, tracking, blocking, scan } = userMode();
    scan();
    tracking.pass();
    expect(world.lines.lines).toHaveLength(4);
    blocking.pass();
    expect(world.lines.lines.slice(4)).toEqual([
      `${AT} Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83`,
      `${AT} Blocked 192.0.2.56 until 2021-04-28 16:28:05 (port scan)`,
    ]);
    expect([...world.blocks.entries()]).toMatchObject([
      { source: ip(SCANNER), expiryNs: blockExpiryNs(world.clock.nowNs + 3600n * SECOND) },
    ]);
  });

  it('tells at the end what it found since the last tick, and promises no block', () => {
    const { world, tracking, deciding, scan } = userMode();
    scan();
    tracking.pass();
    deciding.tellLast();
    expect(world.lines.lines.slice(4)).toEqual([
      `${AT} Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83`,
    ]);
    expect([...world.blocks.entries()]).toEqual([]);
  });

  it('sees what still waits in the ring', () => {
    const { world, blocking, scan } = userMode();
    scan();
    blocking.pass();
    expect(world.lines.lines).toHaveLength(6);
  });

  it('does not miss a scan whose records were lost', () => {
    const { world, blocking } = userMode();
    world.sources.slots.set('x', slot(SCANNER, [83, 82, 81, 80], world.clock.nowNs));
    world.count({ connectionsLost: 4n });
    blocking.pass();
    expect(world.lines.lines[0]).toBe(`${AT} Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83`);
    expect(world.blocks.map.size).toBe(1);
  });

  it('says to the detector how many records were lost since the last tick', () => {
    const { world, detector, blocking } = userMode();
    world.sources.slots.set('x', slot(SCANNER, [80], world.clock.nowNs));
    for (const connectionsLost of [7n, 9n]) {
      world.count({ connectionsLost });
      blocking.pass();
    }
    expect(detector.lost).toEqual([7, 2]);
  });

  it('leaves the table of sources alone while no record is lost, and again when that is a window ago', () => {
    const { world, detector, blocking } = userMode();
    const found = [0n, 7n, 7n, 7n, 7n].map((connectionsLost) => {
      world.sources.slots.set('x', slot(SCANNER, [80], world.clock.nowNs));
      world.count({ connectionsLost });
      blocking.pass();
      world.clock.advance(31_000);
      return detector.lost.splice(0);
    });
    expect(found).toEqual([[], [7], [7], [7], []]);
  });

  it('does not miss a scan of which the first connection was lost, though it shows only with the next ones', () => {
    const { world, blocking, scan } = userMode();
    world.count({ connectionsLost: 1n });
    blocking.pass();
    world.clock.advance(50_000);
    scan([81, 82, 83]);
    world.sources.slots.set('x', slot(SCANNER, [83, 82, 81, 80], world.clock.nowNs));
    blocking.pass();
    expect(world.blocks.map.size).toBe(1);
  });

  it('shows the detector only sources that moved since a little before the last tick', () => {
    const { world, detector, blocking } = userMode();
    blocking.pass();
    const { nowNs } = world.clock;
    world.sources.slots.set('quiet', slot('192.0.2.1', [80], nowNs - 2n * SECOND));
    world.sources.slots.set('late', slot('192.0.2.2', [81], nowNs - SECOND / 2n));
    world.sources.slots.set('new', slot('192.0.2.3', [82], nowNs + SECOND));
    world.clock.advance(5_000);
    world.count({ connectionsLost: 3n });
    blocking.pass();
    expect([...detector.touches.values()].flat().map(({ port }) => port)).toEqual([81, 82]);
  });

  it('forgets a source whose block somebody else lifted', () => {
    const { world, detector, blocking, scan } = userMode();
    scan();
    blocking.pass();
    world.blocks.map.clear();
    blocking.pass();
    expect(world.lines.lines.at(-1)).toBe(`${AT} Unblocked 192.0.2.56`);
    expect(detector.forgotten).toEqual([addressKey(ip(SCANNER))]);
    expect(world.calls).toEqual(['add', 'forget', 'forget']);
  });

  it('nor one that lies across ticks: the window slides', () => {
    const { world, blocking, scan } = userMode();
    scan([80, 81]);
    world.clock.advance(30_000);
    blocking.pass();
    scan([82, 83]);
    world.clock.advance(29_000);
    blocking.pass();
    expect(world.blocks.map.size).toBe(1);
  });

  it('is quiet about a source that stays at the threshold', () => {
    const { world, blocking, scan } = userMode();
    scan([80, 81, 82]);
    blocking.pass();
    expect(world.blocks.map.size).toBe(0);
  });

  it('makes the program forget the source after the block is written, and the detector know when it ends', () => {
    const { world, detector, blocking, scan } = userMode();
    scan();
    blocking.pass();
    expect(world.calls).toEqual(['add', 'forget']);
    expect(detector.settled).toEqual([blockExpiryNs(world.clock.nowNs + 3600n * SECOND)]);
    expect(detector.forgotten).toEqual([]);
    expect(detector.swept).toBe(1);
  });

  it('tells a scan once, though some of its records are drained after the block', () => {
    const { world, blocking, scan } = userMode();
    scan();
    blocking.pass();
    scan([90, 91, 92, 93]);
    blocking.pass();
    expect(world.lines.lines.filter((line) => line.includes('scan detected'))).toHaveLength(1);
  });

  it('lets the source in again after the block, with nothing held against it', () => {
    const { world, detector, blocking, scan } = userMode({ blockTtlMs: 5_000 });
    scan();
    blocking.pass();
    scan([90, 91]);
    world.clock.advance(5_067); // and the unit that blocks are counted in
    blocking.expire();
    expect(world.lines.lines.at(-1)).toBe('2021-04-28 15:28:10: Unblocked 192.0.2.56');
    expect(detector.touches.size).toBe(0);
    scan([92, 93]);
    blocking.pass();
    expect(world.blocks.map.size).toBe(0);
  });

  it('blocks nobody with response log, and tells a scan once a window', () => {
    const { world, blocking, scan } = userMode({ response: 'log' });
    scan();
    blocking.pass();
    blocking.pass();
    expect(world.lines.lines.slice(4)).toEqual([
      `${AT} Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83`,
    ]);
    expect(world.blocks.map.size).toBe(0);
  });

  it('blocks for ever with a time of 0', () => {
    const { world, blocking, scan } = userMode({ blockTtlMs: 0 });
    scan();
    blocking.pass();
    expect(world.lines.lines.at(-1)).toBe(`${AT} Blocked 192.0.2.56 for ever (port scan)`);
  });

  it('does nothing to an allowed source', () => {
    const { world, blocking, scan, allowlist } = userMode();
    allowlist.reconcile([allowEntry(SCANNER, 'gateway')]);
    scan();
    blocking.pass();
    expect(world.lines.lines).toHaveLength(4);
    expect(world.blocks.map.size).toBe(0);
  });

  it('reports a full blocklist, goes on, and tries again', () => {
    const { world, scans, deciding, tracking, blocking, scan } = userMode();
    world.blocks.room = 0;
    scan();
    blocking.pass();
    tracking.pass();
    expect(world.lines.lines.slice(4)).toEqual([
      `${AT} Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83`,
      `${AT} Lost 1 block (blocklist full)`,
    ]);
    expect(world.log.warnings).toEqual(['blocklist is full (1 entries): raise --max-blocks or shorten --block-ttl']);
    world.blocks.room = 1;
    scan();
    blocking.pass();
    expect(world.blocks.map.size).toBe(1);
    // Found twice, it is one scan.
    expect([scans.count, deciding.blocks]).toEqual([1, 1]);
  });

  it('makes no more new blocks a minute than it may, says so once, and goes on afterwards', () => {
    const { world, deciding, tracking, blocking, scan } = userMode({ maxNewBlocks: 2 });
    const scanFrom = (first: number, count: number) => {
      for (let i = first; i < first + count; i++) scan([80, 81, 82, 1_000 + i], `192.0.2.${i}`);
      blocking.pass();
      tracking.pass();
    };
    scanFrom(1, 5);
    scanFrom(11, 5);
    expect([world.blocks.map.size, deciding.blocks]).toEqual([2, 2]);
    expect(world.lines.lines.filter((line) => line.includes('Lost'))).toEqual([
      `${AT} Lost 3 blocks (block cap)`,
      `${AT} Lost 5 blocks (block cap)`,
    ]);
    expect(world.log.warnings).toHaveLength(1);
    expect(world.log.warnings[0]).toContain('more than 2 new blocks within a minute');
    world.clock.nowNs += 61_000_000_000n;
    scanFrom(21, 1);
    expect(world.blocks.map.size).toBe(3);
  });

  it('blocks who completed a handshake though there is no room for more', () => {
    const { world, blocking, scan } = userMode({ maxNewBlocks: 1 });
    scan([80, 81, 82, 1_001], '192.0.2.1');
    world.connect('192.0.2.2', 80, { kind: ProbeKind.HANDSHAKE });
    scan([80, 81, 82, 1_002], '192.0.2.2');
    blocking.pass();
    expect(world.blocks.map.size).toBe(2);
  });
});
