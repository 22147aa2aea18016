import { blockStartNs, Mode, ProbeKind, Response } from '@scanward/map-codec';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { allowEntry, EPHEMERAL, FakeWorld, ip, SECOND, settled } from '../test/fakes.ts';
import { OPTIONS, POLICY, startDaemon } from '../test/start.ts';
import { Daemon } from './daemon.ts';
import { WatcherError } from './watcher-error.ts';

beforeAll(() => void (process.env['TZ'] = 'UTC'));

const PORTS = [83, 82, 81, 80];
const TTL = 3600n * SECOND;

describe('at start', () => {
  it('writes the policy and the allowlist before anything else, and lists who is allowed', () => {
    const { world } = startDaemon({}, (fresh) => {
      fresh.network = {
        ephemeral: EPHEMERAL,
        allow: [allowEntry('10.0.0.5', 'own')],
        onlink: [{ address: ip('2001:db8:1::7'), bits: 64 }],
      };
    });
    const policy = world.policies.at(-1)!;
    expect(policy).toMatchObject({ windowNs: 60n * SECOND, blockTtlNs: TTL, threshold: 3, ipv6Prefix: 64 });
    expect(policy).toMatchObject({ mode: Mode.KERNEL, response: Response.BLOCK, onlinkCount: 1 });
    expect(policy).toMatchObject({ evidence: 0, keepEstablished: 1, blocksPerMinute: 300 });
    expect(policy).toMatchObject({ ephemeralFirst: 32_768, ephemeralLast: 60_999 });
    expect([...world.local.values()]).toEqual([ip('10.0.0.5')]);
    expect(policy.onlink[0]).toEqual({ address: ip('2001:db8:1::'), mask: ip('ffff:ffff:ffff:ffff::') });
    expect(policy.ipv6Mask).toEqual(ip('ffff:ffff:ffff:ffff::'));
    expect(world.log.infos).toEqual(['allowed 10.0.0.5 (own address)']);
    expect(world.lines.lines).toEqual([]);
  });

  it('follows the ephemeral ports and the own addresses of the host', () => {
    const { world } = startDaemon();
    const ephemeral = { first: 1_024, last: 65_535 };
    world.network = { ...world.network, ephemeral, allow: [allowEntry('10.0.0.9', 'own')] };
    world.clock.advance(5_000);
    expect(world.policies.at(-1)).toMatchObject({ ephemeralFirst: 1_024, ephemeralLast: 65_535 });
    expect([...world.local.values()]).toEqual([ip('10.0.0.9')]);
    world.clock.advance(5_000);
    expect(world.policies).toHaveLength(2);
  });

  it('does not start when the network cannot be read: nobody would be allowed', () => {
    const unreadable = (fresh: FakeWorld) => {
      fresh.readNetwork = () => {
        throw new Error('no netlink');
      };
    };
    expect(() => startDaemon({}, unreadable)).toThrow('no netlink');
  });

  it('keeps the allowlist when the network cannot be read later, and says so once', () => {
    const { world } = startDaemon({}, (fresh) => {
      fresh.network = { ephemeral: EPHEMERAL, allow: [allowEntry('10.0.0.5', 'own')], onlink: [] };
    });
    world.readNetwork = () => {
      throw new Error('no netlink');
    };
    world.clock.advance(20_000);
    expect(world.policies).toHaveLength(1);
    expect(world.allow.map.size).toBe(1);
    expect(world.log.warnings).toEqual([
      'cannot read addresses and routes (Error: no netlink): the allowlist stays as it is',
    ]);
  });

  it('says once who finds no room in the allowlist, and what to do', () => {
    const { world } = startDaemon({}, (fresh) => {
      fresh.allow.room = 1;
      fresh.network = {
        ephemeral: EPHEMERAL,
        allow: [allowEntry('10.0.0.5', 'own'), allowEntry('192.0.2.7', 'operator')],
        onlink: [],
      };
    });
    world.clock.advance(20_000);
    expect(world.log.warnings).toEqual([
      'allowlist is full: give fewer --allow, or wider ones; not allowed are 192.0.2.7 (operator)',
    ]);
  });

  it('starts once', () => {
    const { daemon } = startDaemon();
    expect(() => daemon.start()).toThrow('starts once');
  });
});

describe('tracking', () => {
  it('prints every connection within a period, with the time of its packet', () => {
    const { world } = startDaemon();
    world.connect('192.0.2.56', 80);
    world.clock.advance(999);
    expect(world.lines.lines).toEqual([]);
    world.clock.advance(1);
    expect(world.lines.lines).toEqual(['2021-04-28 15:28:05: New connection: 192.0.2.56:5973 -> 10.0.0.5:80']);
  });

  it('prints each once', () => {
    const { world } = startDaemon();
    world.connect('2001:db8::1', 443);
    world.clock.advance(5_000);
    expect(world.lines.lines).toEqual(['2021-04-28 15:28:05: New connection: [2001:db8::1]:5973 -> [2001:db8::5]:443']);
  });

  it('is woken by a scan, and prints the connections that made it first', async () => {
    const { world } = startDaemon();
    for (const port of [80, 81, 82]) world.connect('192.0.2.56', port);
    world.scan('192.0.2.56', PORTS, {}, TTL);
    await world.events.wake();
    const at = '2021-04-28 15:28:05:';
    expect(world.lines.lines).toEqual([
      `${at} New connection: 192.0.2.56:5973 -> 10.0.0.5:80`,
      `${at} New connection: 192.0.2.56:5973 -> 10.0.0.5:81`,
      `${at} New connection: 192.0.2.56:5973 -> 10.0.0.5:82`,
      `${at} Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83`,
      `${at} Blocked 192.0.2.56 until 2021-04-28 16:28:05 (port scan)`,
    ]);
  });

  it('prints a scan also when the wake-up never comes', () => {
    const { world } = startDaemon();
    world.scan('192.0.2.56', PORTS);
    world.clock.advance(1_000);
    expect(world.lines.lines).toEqual([
      '2021-04-28 15:28:05: Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83',
    ]);
  });

  it('says what the program lost within a period, once', () => {
    const { world } = startDaemon();
    world.count({ connectionsLost: 12n, scansLost: 3n });
    world.clock.advance(1_000);
    world.clock.advance(5_000);
    world.count({ connectionsLost: 13n });
    world.clock.advance(1_000);
    expect(world.lines.lines.map((line) => line.slice(21))).toEqual([
      'Lost 12 connections (ring full)',
      'Lost 3 scans (ring full)',
      'Lost 1 connection (ring full)',
    ]);
  });

  it('says once that sources are forgotten, and what to do, and each time how many', () => {
    const { world } = startDaemon();
    for (const [sourcesEvicted, singlesEvicted] of [
      [1n, 2n],
      [1n, 7n],
      [1n, 7n],
      [2n, 7n],
    ] as const) {
      world.count({ sourcesEvicted, singlesEvicted, synsEvicted: 9n });
      world.clock.advance(1_000);
    }
    expect(world.lines.lines.map((line) => line.slice(21))).toEqual([
      'Lost 3 sources (tables full)',
      'Lost 5 sources (tables full)',
      'Lost 1 source (tables full)',
    ]);
    expect(world.log.warnings).toEqual([
      expect.stringMatching(/^tables of sources are full, .*: raise --max-sources$/),
      expect.stringMatching(/^tables of sources are full/),
    ]);
  });

  it('says that the blocklist is full, and what to do', () => {
    const { world } = startDaemon();
    world.count({ blocksRefused: 2n });
    world.clock.advance(3_000);
    expect(world.lines.lines).toEqual(['2021-04-28 15:28:06: Lost 2 blocks (blocklist full)']);
    expect(world.log.warnings).toEqual([
      'blocklist is full (65536 entries): raise --max-blocks or shorten --block-ttl',
    ]);
  });

  it('prints SYNs and fragments of what may be one, and of other probes the scan alone', () => {
    const { world } = startDaemon();
    for (const kind of Object.values(ProbeKind)) world.connect('192.0.2.56', kind, { kind });
    world.scan('192.0.2.56', PORTS, { kind: ProbeKind.NULL }, TTL);
    world.clock.advance(1_000);
    expect(Object.keys(ProbeKind)).toHaveLength(11);
    expect(world.lines.lines.map((line) => line.slice(21)).slice(0, 3)).toEqual([
      `New connection: 192.0.2.56:5973 -> 10.0.0.5:${ProbeKind.SYN}`,
      `New connection: 192.0.2.56:5973 -> 10.0.0.5:${ProbeKind.FRAGMENT}`,
      'Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83 (null)',
    ]);
  });

  it('says what to do about a full blocklist once, and again when it was not full meanwhile', () => {
    const { world } = startDaemon();
    for (const blocksRefused of [2n, 5n, 5n, 6n]) {
      world.count({ blocksRefused });
      world.clock.advance(1_000);
    }
    expect(world.lines.lines.map((line) => line.slice(21, 27))).toEqual(['Lost 2', 'Lost 3', 'Lost 1']);
    expect(world.log.warnings).toHaveLength(2);
  });

  it('says once that more were to be blocked than may be, each time how many, and again when it was over', () => {
    const { world } = startDaemon();
    // At the beginning of each minute of a flood there is room for new blocks.
    for (const [blocksCapped, waitMs] of [
      [5n, 1_000],
      [9n, 60_000],
      [10n, 92_000],
      [12n, 1_000],
    ] as const) {
      world.count({ blocksCapped });
      world.clock.advance(waitMs);
    }
    expect(world.lines.lines.map((line) => line.slice(21))).toEqual([
      'Lost 5 blocks (block cap)',
      'Lost 4 blocks (block cap)',
      'Lost 1 block (block cap)',
      'Lost 2 blocks (block cap)',
    ]);
    expect(world.log.warnings).toHaveLength(2);
    for (const warning of world.log.warnings) expect(warning).toMatch(/^more than 300 new blocks within a minute/);
  });

  it('reports what a slow reader missed as soon as it takes lines again, within a period', () => {
    const { world } = startDaemon();
    world.lines.takes = () => false;
    for (let port = 0; port < 12; port++) world.connect('192.0.2.56', port);
    world.clock.advance(1_000);
    world.lines.takes = () => true;
    world.clock.advance(1_000);
    expect(world.lines.lines).toEqual(['2021-04-28 15:28:07: Lost 12 connections (slow reader)']);
  });

  it('takes the offset to wall time anew at each tick', () => {
    const { world } = startDaemon();
    world.connect('192.0.2.56', 80);
    world.clock.wallOffsetMs += 3_600_000;
    world.clock.advance(1_000);
    expect(world.lines.lines[0]).toMatch(/^2021-04-28 16:28:05: /);
  });
});

describe('blocks', () => {
  it('end at their expiry, in the line and in time', () => {
    const { world } = startDaemon({ blockingPeriodMs: 60_000 });
    world.scan('192.0.2.56', PORTS, {}, 5n * SECOND);
    world.clock.advance(4_999);
    expect(world.blocks.map.size).toBe(1);
    world.clock.advance(1);
    expect(world.lines.lines.at(-1)).toBe('2021-04-28 15:28:10: Unblocked 192.0.2.56');
    expect(world.blocks.map.size).toBe(0);
    expect(world.calls).toEqual(['forget', 'remove']);
  });

  it('are deleted together when they end together', () => {
    const { world } = startDaemon();
    for (let i = 1; i <= 9; i++) {
      world.scan(`192.0.2.${i}`, PORTS, {}, 5n * SECOND);
      world.clock.advance(10);
    }
    world.clock.advance(5_000 + 250);
    expect(world.lines.lines.filter((line) => line.includes('Unblocked'))).toHaveLength(9);
    expect(world.blocks.map.size).toBe(0);
  });

  it('last for ever with expiry 0', () => {
    const { world } = startDaemon();
    world.scan('192.0.2.56', PORTS, {}, 0n);
    world.clock.advance(10 * 86_400_000);
    expect(world.lines.lines.at(1)).toMatch(/Blocked 192.0.2.56 for ever \(port scan\)$/);
    expect(world.lines.lines.slice(2).map((line) => line.slice(21, 36))).toEqual(['Port scan ended']);
    expect(world.blocks.map.size).toBe(1);
  });

  it('of an IPv6 source are of its prefix', () => {
    const { world } = startDaemon();
    world.scan('2001:db8:bad::7', PORTS, { sourceBits: 64 }, TTL);
    world.clock.advance(1_000);
    expect(world.lines.lines.map((line) => line.slice(21))).toEqual([
      'Port scan detected: 2001:db8:bad::/64 -> 2001:db8::5 on ports 80,81,82,83',
      'Blocked 2001:db8:bad::/64 until 2021-04-28 16:28:05 (port scan)',
    ]);
  });

  it('that nobody reported are adopted at the next tick of the blocking watcher', () => {
    const { world } = startDaemon();
    const { nowNs } = world.clock;
    const some = { startNs: nowNs - SECOND, packets: 0n, bytes: 0n, isNet: false };
    world.blocks.put({ ...some, source: ip('192.0.2.1'), bits: 128, expiryNs: nowNs + 90n * SECOND, reason: 'scan' });
    world.blocks.put({ ...some, source: ip('2001:db8:bad::'), bits: 64, expiryNs: 0n, reason: 'operator' });
    world.clock.advance(60_000);
    expect(world.lines.lines).toEqual([
      '2021-04-28 15:28:04: Blocked 192.0.2.1 until 2021-04-28 15:29:35 (port scan)',
      '2021-04-28 15:28:04: Blocked 2001:db8:bad::/64 for ever (operator)',
    ]);
    world.clock.advance(30_000);
    expect(world.lines.lines.at(-1)).toBe('2021-04-28 15:29:35: Unblocked 192.0.2.1');
  });

  it('that the program makes during a tick are left to its own record', () => {
    const { world } = startDaemon();
    vi.spyOn(world.blocks, 'entries').mockImplementationOnce(() => {
      world.scan('192.0.2.56', PORTS, {}, TTL);
      return [...world.blocks.map.values()];
    });
    world.clock.advance(61_000);
    expect(world.lines.lines.map((line) => line.slice(21, 28))).toEqual(['Port sc', 'Blocked']);
  });

  it('that are listed with the unit in which they began are those that their records told', () => {
    const { world } = startDaemon();
    world.scan('192.0.2.56', PORTS, {}, TTL);
    const [block] = world.blocks.entries();
    expect(block!.startNs).toBeLessThan(world.clock.nowNs);
    world.clock.advance(61_000);
    expect(world.lines.lines.map((line) => line.slice(21, 36))).toEqual([
      ...['Port scan detec', 'Blocked 192.0.2', 'Port scan ended'],
    ]);
  });

  it('of the unit in which the blocking watcher ticks wait for its next tick: their record may be on its way', () => {
    const { world } = startDaemon();
    world.clock.advance(59_999);
    const startNs = blockStartNs(world.clock.nowNs);
    world.blocks.add(ip('192.0.2.1'), 128, { startNs, expiryNs: 0n, reason: 'scan' });
    world.clock.advance(1);
    expect(world.lines.lines).toEqual([]);
    world.clock.advance(60_000);
    expect(world.lines.lines).toHaveLength(1);
  });

  it('that somebody else lifted are told to be gone', () => {
    const { world } = startDaemon();
    world.scan('192.0.2.56', PORTS, {}, TTL);
    world.clock.advance(1_000);
    world.blocks.map.clear();
    world.clock.advance(59_000);
    expect(world.lines.lines.at(-1)).toBe('2021-04-28 15:29:05: Unblocked 192.0.2.56');
  });

  it('are not deleted when the program has renewed them', () => {
    const { world } = startDaemon();
    world.scan('192.0.2.56', PORTS, {}, 5n * SECOND);
    world.clock.advance(1_000);
    const [entry] = world.blocks.entries();
    // The program renews at the very time of the expiry; its record is read only later.
    const renewed = world.clock.nowNs + 4n * SECOND;
    world.blocks.put({ ...entry!, startNs: renewed, expiryNs: renewed + 5n * SECOND });
    world.clock.advance(4_500);
    expect(world.blocks.map.size).toBe(1);
    expect(world.calls).toEqual([]);
  });

  it('are written again when they were deleted at the moment of their renewal', () => {
    const { world } = startDaemon();
    world.scan('192.0.2.56', PORTS, {}, 5n * SECOND);
    world.clock.advance(1_000);
    const remove = world.blocks.remove.bind(world.blocks);
    vi.spyOn(world.blocks, 'remove').mockImplementationOnce((source) => {
      world.scan('192.0.2.56', PORTS, {}, 5n * SECOND);
      return remove(source);
    });
    world.clock.advance(5_000);
    expect(world.calls).toEqual(['forget', 'remove', 'add']);
    expect(world.blocks.map.size).toBe(1);
    expect(world.lines.lines.filter((line) => line.includes('locked')).map((line) => line.slice(21))).toEqual([
      'Blocked 192.0.2.56 until 2021-04-28 15:28:10 (port scan)',
      'Unblocked 192.0.2.56',
      'Blocked 192.0.2.56 until 2021-04-28 15:28:15 (port scan)',
    ]);
  });

  it('that a command lifted before their record was read stay lifted', () => {
    const { world } = startDaemon();
    world.scan('192.0.2.56', PORTS, {}, TTL);
    world.blocks.map.clear();
    world.clock.advance(61_000);
    expect(world.blocks.map.size).toBe(0);
    expect(world.notes.map.size).toBe(0);
    expect(world.lines.lines.at(-1)).toMatch(/Unblocked 192.0.2.56$/);
  });

  it('of an address that becomes allowed are lifted at once', () => {
    const { world } = startDaemon({ networkPeriodMs: 5_000 });
    world.scan('192.0.2.56', PORTS, {}, TTL);
    world.scan('192.0.2.57', PORTS, {}, TTL);
    world.clock.advance(1_000);
    world.network = { ephemeral: EPHEMERAL, allow: [allowEntry('192.0.2.56', 'gateway')], onlink: [] };
    world.clock.advance(4_000);
    expect(world.lines.lines.at(-1)).toBe('2021-04-28 15:28:10: Unblocked 192.0.2.56');
    expect(world.calls).toEqual(['forget', 'remove']);
    expect(world.blocks.map.size).toBe(1);
    expect(world.log.infos).toContain('allowed 192.0.2.56 (gateway)');
  });

  it('idle sources are swept at each tick of the blocking watcher', () => {
    const { world } = startDaemon();
    world.clock.advance(180_000);
    expect(world.sources.sweeps).toBe(3);
  });
});

describe('at the end', () => {
  it('in user mode still tells the scans since the last tick', () => {
    const { world, daemon } = startDaemon({ policy: { ...POLICY, mode: 'user' } });
    for (const port of PORTS) world.connect('192.0.2.56', port);
    daemon.stop();
    expect(world.lines.lines.slice(-2).map((line) => line.slice(21))).toEqual([
      'Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83',
      'Port scan ended: 192.0.2.56 -> 10.0.0.5, 4 ports in 0 ms, not blocked',
    ]);
    expect(world.blocks.map.size).toBe(0);
  });

  it('tells what waits, and sums up', () => {
    const { world, daemon } = startDaemon();
    world.clock.advance(12_500);
    world.connect('192.0.2.56', 80);
    world.scan('192.0.2.56', PORTS, {}, TTL);
    const verdicts = world.counters.verdicts.map((tally, i) =>
      i < 6 ? tally : { packets: BigInt(i), bytes: BigInt(i) * 60n },
    );
    world.count({ verdicts, connectionsLost: 5n, blocksMade: 1n });
    const summary = daemon.stop();
    expect(world.lines.lines.map((line) => line.slice(21, 40))).toEqual([
      'New connection: 192',
      'Port scan detected:',
      'Blocked 192.0.2.56 ',
      'Lost 5 connections ',
      'Port scan ended: 19',
    ]);
    expect(summary).toEqual({
      ...{ connections: 6n, scans: 1n, blocks: 1n, droppedPackets: 19n, droppedBytes: 1_140n, runMs: 12_500 },
      lost: [{ what: 'connections', cause: 'ring full', count: 5 }],
    });
    expect(world.log.infos).toEqual([
      'saw 6 connections and 1 scans, made 1 blocks, dropped 19 packets (1140 bytes), ' +
        'lost 5 connections (ring full), in 12.5 s',
    ]);
  });

  it('nothing runs any more, and a second stop is the first', async () => {
    const { world, daemon } = startDaemon();
    world.scan('192.0.2.56', PORTS, {}, TTL);
    world.clock.advance(1_000);
    const summary = daemon.stop();
    const told = world.lines.lines.length;
    expect(world.clock.waiting).toBe(0);
    expect(daemon.stop()).toBe(summary);
    await expect(daemon.ended).resolves.toBeUndefined();
    world.connect('192.0.2.56', 80);
    await world.events.wake();
    world.clock.advance(100_000);
    expect(world.lines.lines).toHaveLength(told);
  });
});

describe('a watcher that fails', () => {
  const broken = (): never => {
    throw new Error('EIO');
  };

  it.each([
    ['tracking', (world: FakeWorld) => vi.spyOn(world.events, 'drainConnections').mockImplementation(broken), 1_000],
    ['blocking', (world: FakeWorld) => vi.spyOn(world.sources, 'sweep').mockImplementation(broken), 60_000],
    ['network', (world: FakeWorld) => vi.spyOn(world.local, 'values').mockImplementation(broken), 5_000],
  ] as const)('ends the daemon by the name of %s', async (watcher, breakIt, afterMs) => {
    const { world, daemon } = startDaemon();
    breakIt(world);
    world.clock.advance(afterMs);
    const error: unknown = await daemon.ended.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WatcherError);
    expect(error).toMatchObject({ watcher, message: `the ${watcher} watcher failed: EIO`, cause: new Error('EIO') });
    expect(world.clock.waiting).toBe(0);
    expect(() => daemon.stop()).not.toThrow();
  });

  it('ends it too when the ring rejects', async () => {
    const world = new FakeWorld();
    world.events.scansWaiting = () => Promise.reject(new Error('EBADF'));
    const daemon = new Daemon(world.ports(), { ...OPTIONS, policy: POLICY });
    daemon.start();
    await settled();
    await expect(daemon.ended).rejects.toMatchObject({ watcher: 'scans' });
  });

  it('or when the expiry of a block fails between two ticks', async () => {
    const { world, daemon } = startDaemon();
    world.scan('192.0.2.56', PORTS, {}, 5n * SECOND);
    vi.spyOn(world.blocks, 'remove').mockImplementation(broken);
    world.clock.advance(5_000);
    await expect(daemon.ended).rejects.toMatchObject({ watcher: 'blocking' });
  });
});

it('goes on ticking when the source of scans is closed', async () => {
  const { world } = startDaemon();
  await world.events.close();
  world.connect('192.0.2.56', 80);
  world.clock.advance(1_000);
  expect(world.lines.lines).toHaveLength(1);
});
