import { beforeAll, describe, expect, it } from 'vitest';
import { allowEntry, FakeWorld, ip, SECOND } from '../../test/fakes.ts';
import { OPTIONS, POLICY, startDaemon } from '../../test/start.ts';
import { addressKey } from '../addresses.ts';
import type { ProbeKind } from '@scanward/detector';
import { textFormat } from '../format-text.ts';
import { Output } from '../output.ts';
import { WallClock } from '../wall-clock.ts';
import { Scans } from './scans.ts';

beforeAll(() => void (process.env['TZ'] = 'UTC'));

const SCANNER = '192.0.2.56';
const PORTS = [80, 81, 82, 83];
const TTL = 3600n * SECOND;
const LOG = { policy: { ...POLICY, response: 'log' as const } };

/** The lines that tell of scans. */
const reportsIn = ({ lines }: FakeWorld) => lines.lines.filter((line) => line.includes(': Port scan '));
const endsIn = (world: FakeWorld) =>
  reportsIn(world)
    .filter((line) => line.includes(' ended: '))
    .map((line) => line.replace(/^.*? -> 10\.0\.0\.5, /, ''));

function listen(world: FakeWorld, ports: readonly number[], address = '10.0.0.5'): void {
  world.listening = (where, transport) =>
    transport === 'tcp' && addressKey(where) === addressKey(ip(address)) ? ports : [];
}

/** What the program counts at the block of a source. */
function drop(world: FakeWorld, packets: number, from = SCANNER): void {
  const entry = world.blocks.get(ip(from))!;
  world.blocks.put({ ...entry, packets: entry.packets + BigInt(packets), bytes: entry.bytes + 58n * BigInt(packets) });
}

describe('kernel mode', () => {
  it('tells a scan when it is detected and when its source was quiet for a window', () => {
    const { world } = startDaemon();
    listen(world, [22, 80, 443]);
    for (const port of [80, 22, 81]) {
      world.connect(SCANNER, port);
      world.clock.advance(1_000);
    }
    world.scan(SCANNER, [22, 80, 81, 443], {}, TTL);
    world.clock.advance(500);
    drop(world, 1_000);
    world.clock.advance(8_500);
    drop(world, 21);
    world.clock.advance(200_000);
    expect(reportsIn(world)).toEqual([
      '2021-04-28 15:28:08: Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 22,80,81,443',
      '2021-04-28 15:29:18: Port scan ended: 192.0.2.56 -> 10.0.0.5, 4 ports in 13 s, open 22,80, dropped 1021 packets (59218 bytes)',
    ]);
    expect(world.blocks.map.size).toBe(1); // it goes on
  });

  it('or when its block ended, with all that it dropped, before that is told', () => {
    const { world } = startDaemon();
    world.scan(SCANNER, PORTS, {}, 5n * SECOND);
    world.clock.advance(4_700);
    drop(world, 7);
    world.clock.advance(1_000);
    expect(world.lines.lines.slice(-2)).toEqual([
      '2021-04-28 15:28:10: Port scan ended: 192.0.2.56 -> 10.0.0.5, 4 ports in 5 s, dropped 7 packets (406 bytes)',
      '2021-04-28 15:28:10: Unblocked 192.0.2.56',
    ]);
    world.clock.advance(200_000);
    expect(reportsIn(world)).toHaveLength(2);
  });

  it('or was lifted', () => {
    const { world } = startDaemon({ networkPeriodMs: 5_000 });
    world.scan(SCANNER, PORTS, {}, TTL);
    world.clock.advance(4_500);
    drop(world, 7);
    world.network = { ...world.network, allow: [allowEntry(SCANNER, 'gateway')] };
    world.clock.advance(500);
    expect(endsIn(world)).toEqual(['4 ports in 5 s, dropped 7 packets (406 bytes)']);
  });

  it('or the daemon stops', () => {
    const { world, daemon } = startDaemon();
    world.scan(SCANNER, PORTS, {}, TTL);
    world.clock.advance(2_000);
    drop(world, 1);
    expect(daemon.stop().scans).toBe(1n);
    expect(endsIn(world)).toEqual(['4 ports in 2 s, dropped 1 packet (58 bytes)']);
  });

  it('takes what a source does while its scan is in progress as part of it', () => {
    const { world, daemon } = startDaemon(LOG);
    for (let i = 0; i < 10; i++) {
      world.scan(SCANNER, [i, i + 1, i + 2, i + 3]);
      world.connect(SCANNER, 5_000 + i);
      world.clock.advance(50_000);
    }
    world.clock.advance(20_000);
    expect(endsIn(world)).toEqual(['23 ports in 450 s, not blocked']);
    world.scan(SCANNER, PORTS);
    world.clock.advance(1_000);
    expect(reportsIn(world)).toHaveLength(3);
    expect(daemon.stop().scans).toBe(2n);
  });

  it('and takes a block that there was no room for at first as that of the scan', () => {
    const { world } = startDaemon();
    world.scan(SCANNER, PORTS);
    world.clock.advance(10_000);
    world.scan(SCANNER, [90, 91, 92, 93], {}, TTL);
    world.clock.advance(1_000);
    drop(world, 3);
    world.clock.advance(200_000);
    expect(endsIn(world)).toEqual(['8 ports in 12 s, dropped 3 packets (174 bytes)']);
  });

  it('a source that goes on when its block is over makes another scan, though the end is read with its record', () => {
    const { world } = startDaemon();
    world.scan(SCANNER, PORTS, {}, 5n * SECOND);
    world.clock.advance(4_900);
    const [entry] = world.blocks.entries();
    const renewedNs = entry!.expiryNs + SECOND / 100n;
    world.clock.advance(50);
    world.scan(SCANNER, PORTS, { timeNs: renewedNs, expiryNs: renewedNs + 5n * SECOND }, 5n * SECOND);
    world.blocks.put({ ...entry!, startNs: renewedNs, expiryNs: renewedNs + 5n * SECOND });
    world.clock.advance(1_000);
    expect(world.lines.lines.map((line) => line.slice(21, 36))).toEqual([
      ...['Port scan detec', 'Blocked 192.0.2'],
      ...['Port scan ended', 'Port scan detec', 'Unblocked 192.0', 'Blocked 192.0.2'],
    ]);
    world.clock.advance(200_000);
    expect(endsIn(world)).toHaveLength(2);
  });

  it('names open only what a packet got through to, and 32 ports at most', () => {
    const { world, daemon } = startDaemon(LOG);
    listen(world, [...Array(65_536).keys()]);
    world.scan(SCANNER, [9, 10, 11, 12]);
    world.clock.advance(1_000);
    for (let port = 100; port < 140; port++) world.connect(SCANNER, port);
    daemon.stop();
    const named = Array.from({ length: 32 }, (_, i) => 100 + i).join(',');
    expect(endsIn(world)).toEqual([`44 ports in 1 s, open ${named} and 8 more, not blocked`]);
  });

  it('asks who listens at the address that was told', () => {
    const { world, daemon } = startDaemon(LOG);
    listen(world, [80], '10.0.0.6');
    for (const port of PORTS) world.connect(SCANNER, port);
    world.scan(SCANNER, PORTS);
    daemon.stop();
    expect(endsIn(world)).toEqual(['4 ports in 0 ms, open none, not blocked']);
  });
});

describe('kinds', () => {
  const source = ip(SCANNER);

  function began(probeKind: ProbeKind, before: (scans: Scans, nowNs: number) => void = () => undefined) {
    const world = new FakeWorld();
    const wall = new WallClock(world.clock);
    const scans = new Scans(world.ports(), new Output(world.lines, textFormat(), () => 0), wall, {
      ...POLICY,
      ...OPTIONS,
    });
    const timeNs = Number(world.clock.nowNs);
    before(scans, timeNs);
    scans.crossed({
      ...{ timeNs, source, sourceBits: 128, address: source, destination: ip('10.0.0.5'), ports: [1, 2, 3, 4] },
      ...{ interface: 'eth0', blockStartNs: undefined, probeKind },
    });
    return { world, scans, timeNs };
  }

  it('of a scan that is told stand in both lines', () => {
    const { world, scans } = began('fin');
    scans.endAll();
    for (const line of reportsIn(world)) expect(line).toMatch(/ \(fin\)$/);
  });

  it('a SYN scan of a source that completes a handshake is one by connections, from when that is known', () => {
    const { world, scans, timeNs } = began('syn');
    scans.connected(source, 0, 80, timeNs, 'handshake');
    scans.endAll();
    expect(reportsIn(world).map((line) => line.slice(21))).toEqual([
      'Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 1,2,3,4',
      'Port scan ended: 192.0.2.56 -> 10.0.0.5, 4 ports in 0 ms, not blocked (connect)',
    ]);
    const known = began('syn', (before, nowNs) => before.connected(source, 0, 80, nowNs - 1, 'handshake'));
    expect(reportsIn(known.world)[0]).toMatch(/on ports 1,2,3,4 \(connect\)$/);
  });

  it('what UDP got through to is asked among the sockets of UDP', () => {
    const { world, scans, timeNs } = began('udp', (before, nowNs) => before.connected(source, 0, 53, nowNs, 'udp'));
    world.listening = (_, transport) => (transport === 'udp' ? [53, 68, 67] : [22, 53, 67]);
    scans.connected(source, 0, 67, timeNs, 'tcp');
    scans.connected(source, 0, 68, timeNs, 'udp');
    scans.connected(source, 0, 22, timeNs, 'udp');
    scans.endAll();
    expect(endsIn(world)).toEqual(['8 ports in 0 ms, open 53,67,68, not blocked (udp)']);
  });
});

describe('user mode', () => {
  it('tells both too, with all ports that it saw', () => {
    const { world } = startDaemon({ policy: { ...POLICY, mode: 'user' }, blockingPeriodMs: 10_000 });
    listen(world, [22]);
    for (let port = 1; port <= 100; port++) {
      world.connect(SCANNER, port);
      world.clock.advance(50);
    }
    world.clock.advance(6_000);
    drop(world, 5);
    world.clock.advance(100_000);
    const [detected, ...ended] = reportsIn(world).map((line) => line.slice(21));
    expect(detected).toMatch(/^Port scan detected: 192\.0\.2\.56 -> 10\.0\.0\.5 on ports 1,2,/);
    expect(ended).toEqual([
      'Port scan ended: 192.0.2.56 -> 10.0.0.5, 100 ports in 12 s, open 22, dropped 5 packets (290 bytes)',
    ]);
  });
});
