import { beforeAll, describe, expect, it } from 'vitest';
import { allowEntry, EPHEMERAL, FakeWorld, ip, SECOND, WALL_MS } from '../test/fakes.ts';
import { FakeStateStore, sha256 } from '../test/fake-state.ts';
import { OPTIONS, POLICY, startDaemon } from '../test/start.ts';
import { formatPrefix } from './addresses.ts';
import { Daemon } from './daemon.ts';
import type { StateEntry } from './state/state-entry.ts';
import { stateLines } from './state/state-lines.ts';

beforeAll(() => void (process.env['TZ'] = 'UTC'));

const PORTS = [83, 82, 81, 80];
const TTL = 3600n * SECOND;
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** In small steps, so that no write takes long. */
async function pass(world: FakeWorld, ms: number): Promise<void> {
  for (let left = ms; left >= 0; left -= 50) {
    world.clock.advance(Math.min(left, 50));
    await settle();
  }
}

function stateStore(entries?: Iterable<StateEntry>): FakeStateStore {
  const store = new FakeStateStore();
  if (entries) store.text = [...stateLines({ writtenMs: WALL_MS }, entries, sha256())].join('');
  return store;
}

const blocked = (last: number, leftMs: number): StateEntry => ({
  ...{ kind: 'block', address: ip(`192.0.2.${last}`), bits: 128, isNet: false, reason: 'scan', ports: [80], text: '' },
  ...{ startMs: WALL_MS - 60_000, expiryMs: WALL_MS + leftMs, packets: 0n, bytes: 0n },
});
/** Which blocks the file has. */
const kept = (store: FakeStateStore) =>
  store.entries().map(({ kind, address, bits }) => `${kind} ${formatPrefix(address, bits)}`);

describe('at start', () => {
  it('with new maps, blocks are restored without being told, and told when they end', () => {
    const { world } = startDaemon({}, (fresh) => (fresh.state = stateStore([blocked(1, 5_000), blocked(2, 90_000)])));
    expect(world.blocks.map.size).toBe(2);
    expect(world.log.infos).toEqual(['restored 2 blocks from /var/lib/scanward/state.json']);
    world.clock.advance(70_000);
    expect(world.lines.lines).toEqual(['2021-04-28 15:28:10: Unblocked 192.0.2.1']);
    expect([world.blocks.map.size, world.notes.map.size]).toEqual([1, 1]);
  });

  it('with maps of another daemon, the file says nothing and what is in them is known', async () => {
    const { nowNs } = new FakeWorld().clock;
    const { world } = startDaemon({ adopted: true }, (fresh) => {
      fresh.state = stateStore([blocked(9, 90_000)]);
      fresh.blocks.add(ip('192.0.2.1'), 128, {
        startNs: nowNs - SECOND,
        expiryNs: nowNs + 5n * SECOND,
        reason: 'scan',
      });
      fresh.blocks.add(ip('192.0.2.2'), 128, {
        startNs: nowNs - 9n * SECOND,
        expiryNs: nowNs - SECOND,
        reason: 'scan',
      });
      fresh.count({ connectionsLost: 5n, scansLost: 3n, blocksRefused: 2n, sourcesEvicted: 7n, blocksMade: 9n });
    });
    expect(world.log.infos).toEqual(['took over 2 blocks']);
    world.clock.advance(1_000);
    expect(world.lines.lines).toEqual(['2021-04-28 15:28:04: Unblocked 192.0.2.2']);
    await settle();
    expect(kept(world.state!)).toEqual(['block 192.0.2.1']);
    world.count({ connectionsLost: 6n, blocksMade: 10n });
    world.clock.advance(4_000);
    expect(world.lines.lines.slice(1).map((line) => line.slice(21))).toEqual([
      'Lost 1 connection (ring full)',
      'Unblocked 192.0.2.1',
    ]);
  });

  it('a block whose record nobody has read yet is told, for it was made while no daemon ran', () => {
    const { world } = startDaemon({ adopted: true }, (fresh) => fresh.scan('192.0.2.56', PORTS, {}, TTL));
    world.clock.advance(61_000);
    expect(world.lines.lines.map((line) => line.slice(21))).toEqual([
      'Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83',
      'Blocked 192.0.2.56 until 2021-04-28 16:28:05 (port scan)',
    ]);
    expect([...world.notes.entries()]).toMatchObject([{ address: ip('192.0.2.56'), ports: [80, 81, 82, 83] }]);
  });

  it('one that was lifted while no daemon ran stays lifted, whatever its record says', () => {
    const { world } = startDaemon({ adopted: true }, (fresh) => {
      fresh.scan('192.0.2.56', PORTS, {}, TTL);
      fresh.blocks.map.clear();
    });
    world.clock.advance(61_000);
    expect([world.blocks.map.size, world.notes.map.size]).toEqual([0, 0]);
  });

  it('who is allowed by now is not kept blocked', () => {
    const { world } = startDaemon({}, (fresh) => {
      fresh.state = stateStore([blocked(1, 90_000), blocked(2, 90_000)]);
      fresh.network = { ephemeral: EPHEMERAL, allow: [allowEntry('192.0.2.1', 'operator')], onlink: [] };
    });
    expect(world.blocks.map.size).toBe(1);
    expect(world.lines.lines).toEqual(['2021-04-28 15:28:05: Unblocked 192.0.2.1']);
  });

  it('that fails leaves the file as it is', async () => {
    const world = new FakeWorld();
    world.state = stateStore([blocked(1, 90_000), blocked(2, 90_000)]);
    const before = world.state.text;
    world.blocks.add = () => {
      throw new Error('EIO');
    };
    const daemon = new Daemon(world.ports(), OPTIONS);
    expect(() => daemon.start()).toThrow('EIO');
    daemon.stop();
    await daemon.saved();
    expect(world.state.text).toBe(before);
  });

  it('in user mode what the program remembers of before is known to the detector', () => {
    const { world } = startDaemon({ adopted: true, policy: { ...POLICY, mode: 'user' } }, (fresh) => {
      const tick = (fresh.clock.nowNs >> 10n) << 16n;
      fresh.sources.slots.set('x', {
        ...{ source: ip('192.0.2.56'), destination: ip('10.0.0.5'), overNs: 0n, untilNs: 0n, connections: 3, ports: 3 },
        touches: [82n, 81n, 80n].map((port) => tick | port).concat(Array<bigint>(29).fill(0n)),
      });
    });
    world.clock.advance(30_000);
    world.connect('192.0.2.56', 83);
    world.clock.advance(30_000);
    expect(world.blocks.map.size).toBe(1);
  });
});

describe('the state file', () => {
  it('has a block soon after it was made, and has it no more soon after it ended', async () => {
    const { world } = startDaemon({}, (fresh) => (fresh.state = stateStore()));
    await pass(world, 5_000);
    world.scan('192.0.2.56', PORTS, {}, 5n * SECOND);
    await world.events.wake();
    await pass(world, 100);
    expect(world.state!.entries()).toMatchObject([
      { address: ip('192.0.2.56'), ports: [80, 81, 82, 83], reason: 'scan' },
    ]);
    await pass(world, 5_000);
    expect(kept(world.state!)).toEqual([]);
  });

  it('has at the end what is in force, and what was dropped meanwhile', async () => {
    const { world, daemon } = startDaemon({}, (fresh) => (fresh.state = stateStore([blocked(1, 900_000)])));
    world.clock.advance(5_000);
    await settle();
    const [entry] = world.blocks.entries();
    world.blocks.put({ ...entry!, packets: 12n, bytes: 720n });
    daemon.stop();
    await daemon.saved();
    expect(world.state!.entries()).toMatchObject([{ address: ip('192.0.2.1'), packets: 12n, bytes: 720n }]);
    expect(world.clock.waiting).toBe(0);
  });
});

describe('what a command changed', () => {
  it('is told at the next tick of the tracking watcher, and kept', async () => {
    const { world } = startDaemon({}, (fresh) => (fresh.state = stateStore()));
    world.scan('192.0.2.56', PORTS, {}, TTL);
    world.clock.advance(2_000);
    await settle();
    const block = {
      startNs: world.clock.nowNs,
      expiryNs: world.clock.nowNs + 60n * SECOND,
      reason: 'operator',
    } as const;
    world.blocks.addNet({ address: ip('198.51.100.0'), bits: 120 }, block);
    world.blocks.add(ip('203.0.113.1'), 128, { ...block, expiryNs: 0n });
    world.blocks.map.delete([...world.blocks.map.keys()][0]!);
    world.allow.add(allowEntry('192.0.2.77', 'command'));
    world.isChanged = true;
    world.clock.advance(1_000);
    expect(world.lines.lines.slice(2).map((line) => line.slice(21))).toEqual([
      'Blocked 203.0.113.1 for ever (operator)',
      'Blocked 198.51.100.0/24 until 2021-04-28 15:29:07 (operator)',
      'Unblocked 192.0.2.56',
    ]);
    expect(world.log.infos.at(-1)).toBe('allowed 192.0.2.77 (command)');
    expect(world.notes.map.size).toBe(0);
    world.clock.advance(20_000);
    await settle();
    expect(kept(world.state!)).toEqual(['allow 192.0.2.77', 'block 203.0.113.1', 'block 198.51.100.0/24']);
  });

  it('nets end in time, too', () => {
    const { world } = startDaemon();
    const { nowNs } = world.clock;
    const net = { address: ip('2001:db8::'), bits: 32 };
    world.blocks.addNet(net, { startNs: nowNs, expiryNs: nowNs + 5n * SECOND, reason: 'operator' });
    world.notes.set(net, { ports: [], text: 'ticket 7' });
    world.isChanged = true;
    world.clock.advance(5_000);
    expect(world.lines.lines.at(-1)).toBe('2021-04-28 15:28:10: Unblocked 2001:db8::/32');
    expect([world.blocks.nets.size, world.notes.map.size]).toEqual([0, 0]);
    expect(world.calls).toEqual(['add net', 'remove net']);
  });

  it('a source and a net of the same prefix are two blocks with one note', () => {
    const { world } = startDaemon();
    const { nowNs } = world.clock;
    const net = { address: ip('2001:db8:bad::'), bits: 64 };
    world.scan('2001:db8:bad::7', PORTS, { sourceBits: 64 }, 5n * SECOND);
    world.blocks.addNet(net, { startNs: nowNs, expiryNs: nowNs + 60n * SECOND, reason: 'operator' });
    world.isChanged = true;
    world.clock.advance(1_000);
    expect(world.lines.lines.filter((line) => line.includes('Blocked 2001:db8:bad::/64'))).toHaveLength(2);
    world.clock.advance(5_000);
    expect([world.blocks.map.size, world.blocks.nets.size, world.notes.map.size]).toEqual([0, 1, 1]);
    world.clock.advance(60_000);
    expect([world.blocks.nets.size, world.notes.map.size]).toEqual([0, 0]);
  });

  it('before the start is no news', () => {
    const { world } = startDaemon({}, (fresh) => (fresh.isChanged = true));
    expect(world.isChanged).toBe(false);
  });
});

describe('graces', () => {
  it('that are over are removed at the tick of the blocking watcher', () => {
    const { world } = startDaemon({}, (fresh) => {
      const { nowNs } = fresh.clock;
      fresh.graces.set({ address: ip('192.0.2.1'), bits: 128, untilNs: nowNs + 30n * SECOND });
      fresh.graces.set({ address: ip('192.0.2.2'), bits: 128, untilNs: nowNs + 90n * SECOND });
    });
    world.clock.advance(60_000);
    expect([...world.graces.entries()].map(({ address }) => address)).toEqual([ip('192.0.2.2')]);
  });

  it('in user mode: nobody is blocked in grace, and a scanner is blocked afterwards', () => {
    const { world } = startDaemon({ policy: { ...POLICY, mode: 'user' }, blockingPeriodMs: 5_000 });
    const scan = () => PORTS.forEach((port) => world.connect('192.0.2.56', port));
    scan();
    world.graces.set({ address: ip('192.0.2.0'), bits: 120, untilNs: world.clock.nowNs + 20n * SECOND });
    world.isChanged = true;
    world.clock.advance(15_000);
    scan();
    world.clock.advance(4_000);
    expect(world.blocks.map.size).toBe(0);
    expect(world.lines.lines.filter((line) => line.includes('Port scan'))).toEqual([]);
    world.clock.advance(6_000);
    scan();
    world.clock.advance(5_000);
    expect(world.blocks.map.size).toBe(1);
  });
});

it('notes without a block are removed, and those of blocks that are not known yet stay', () => {
  const { world } = startDaemon();
  for (let i = 0; i < 9; i++) world.notes.set({ address: ip(`192.0.2.${i}`), bits: 128 }, { ports: [1], text: '' });
  world.clock.advance(59_999);
  world.blocks.add(ip('192.0.2.3'), 128, { startNs: world.clock.nowNs, expiryNs: 0n, reason: 'scan' });
  world.clock.advance(1);
  expect([...world.notes.entries()].map(({ address }) => address)).toEqual([ip('192.0.2.3')]);
});
