import { describe, expect, it } from 'vitest';
import { FakeWorld, ip, SECOND, WALL_MS } from '../../test/fakes.ts';
import { FakeStateStore, sha256 } from '../../test/fake-state.ts';
import { restoreState } from './restore.ts';
import { stateEntries } from './snapshot.ts';
import type { StateBlock, StateEntry } from './state-entry.ts';
import { stateLines } from './state-lines.ts';

const NAME = '/var/lib/scanward/state.json';

const block = (text: string, change: Partial<StateBlock> = {}): StateBlock => ({
  ...{ kind: 'block', address: ip(text), bits: 128, isNet: false, reason: 'scan', ports: [], text: '' },
  ...{ startMs: WALL_MS - 60_000, expiryMs: WALL_MS + 60_000, packets: 7n, bytes: 420n },
  ...change,
});

/** A host on which this was written before. */
function restored(
  entries: Iterable<StateEntry>,
  prepare: (world: FakeWorld, store: FakeStateStore) => void = () => undefined,
) {
  const world = new FakeWorld();
  const store = new FakeStateStore();
  store.text = [...stateLines({ writtenMs: WALL_MS }, entries, sha256())].join('');
  prepare(world, store);
  restoreState(world.ports(), store);
  return { world, store };
}

describe('restoreState', () => {
  it('brings back blocks with time left, who is allowed by command, graces, and notes', () => {
    const { world } = restored([
      { kind: 'allow', address: ip('192.0.2.0'), bits: 120 },
      { kind: 'grace', address: ip('192.0.2.9'), bits: 128, untilMs: WALL_MS + 5_000 },
      { kind: 'grace', address: ip('192.0.2.8'), bits: 128, untilMs: WALL_MS },
      block('198.51.100.1', { ports: [80, 81] }),
      block('198.51.100.2', { expiryMs: WALL_MS }),
      block('198.51.100.0', { bits: 120, isNet: true, reason: 'operator', text: 'ticket 7', expiryMs: undefined }),
      block('2001:db8:bad::', { bits: 64 }),
    ]);
    const { nowNs } = world.clock;
    expect([...world.allow.entries()]).toEqual([{ address: ip('192.0.2.0'), bits: 120, reason: 'command' }]);
    expect([...world.graces.entries()]).toMatchObject([{ address: ip('192.0.2.9'), untilNs: nowNs + 5n * SECOND }]);
    const times = { startNs: nowNs - 60n * SECOND, expiryNs: nowNs + 60n * SECOND, packets: 7n, bytes: 420n };
    expect([...world.blocks.entries()]).toEqual([
      { source: ip('198.51.100.1'), bits: 128, isNet: false, reason: 'scan', ...times },
      { source: ip('2001:db8:bad::'), bits: 64, isNet: false, reason: 'scan', ...times },
      { source: ip('198.51.100.0'), bits: 120, isNet: true, reason: 'operator', ...times, expiryNs: 0n },
    ]);
    expect([...world.notes.entries()].map(({ ports, text }) => [ports, text])).toEqual([
      [[80, 81], ''],
      [[], 'ticket 7'],
    ]);
    expect(world.log.infos).toEqual([`restored 3 blocks, 1 allowed and 1 grace from ${NAME}`]);
    expect(world.log.warnings).toEqual([]);
  });

  it('says nothing where there is no file', () => {
    const { world } = restored([], (_, store) => (store.text = undefined));
    expect([...world.log.infos, ...world.log.warnings]).toEqual([]);
  });

  it.each([
    ['torn', (text: string) => text.slice(0, 300), 'line 3: it ends within this line'],
    ['flipped', (text: string) => text.replace('"packets":7', '"packets":8'), 'the checksum is that of other lines'],
    ['newer', (text: string) => text.replace('"version":1', '"version":2'), 'line 1: version 2, not 1'],
    ['empty', () => '', 'it is empty'],
  ])('sets a %s file aside, restores nothing of it, and warns', (_, damage, why) => {
    const { world, store } = restored([block('198.51.100.1'), block('198.51.100.2')], (__, fresh) => {
      fresh.text = damage(fresh.text!);
    });
    expect(world.blocks.map.size).toBe(0);
    expect(store.text).toBeUndefined();
    expect(world.log.warnings).toEqual([
      `state file ${NAME} cannot be used (${why}): set aside as ${NAME}.broken; nothing is restored`,
    ]);
  });

  it('goes on where a broken file cannot even be set aside', () => {
    const { world } = restored([], (_, store) => {
      store.text = 'x';
      store.setAsideError = new Error('EROFS: read-only file system');
    });
    expect(world.log.warnings).toEqual([
      `state file ${NAME} cannot be used (line 1: it ends within this line): ` +
        'and it cannot be set aside (EROFS: read-only file system); nothing is restored',
    ]);
  });

  it('says what found no room, and fails only where the maps fail', () => {
    const { world } = restored([block('198.51.100.1'), block('198.51.100.2')], (fresh) => (fresh.blocks.room = 1));
    expect(world.log.warnings).toEqual([`no room for 1 block of ${NAME}: raise --max-blocks`]);
    const broken = (fresh: FakeWorld) => {
      fresh.blocks.add = () => {
        throw new Error('EIO');
      };
    };
    expect(() => restored([block('198.51.100.1')], broken)).toThrow('EIO');
  });

  it('after a reboot: a block began with the machine at the earliest, and ends when it was to end', () => {
    const { world } = restored([block('198.51.100.1')], (fresh) => {
      fresh.clock.nowNs = 10n * SECOND;
      fresh.clock.wallOffsetMs = WALL_MS - 10_000;
    });
    expect([...world.blocks.entries()]).toMatchObject([{ startNs: 0n, expiryNs: 70n * SECOND }]);
  });

  it('no block lasts longer than it was to last, though the clock was set back meanwhile', () => {
    const { world } = restored([block('198.51.100.1')], (fresh) => (fresh.clock.wallOffsetMs -= 86_400_000));
    const { nowNs } = world.clock;
    expect([...world.blocks.entries()]).toMatchObject([{ startNs: nowNs, expiryNs: nowNs + 120n * SECOND }]);
  });

  it('no grace lasts longer than it had to last when it was written, though the clock was set back meanwhile', () => {
    const grace = { kind: 'grace', address: ip('192.0.2.9'), bits: 128, untilMs: WALL_MS + 5_000 } as const;
    const { world } = restored([grace], (fresh) => (fresh.clock.wallOffsetMs -= 30 * 365 * 86_400_000));
    const { nowNs } = world.clock;
    expect([...world.graces.entries()]).toMatchObject([{ untilNs: nowNs + 5n * SECOND }]);
  });

  it('restores what stateEntries reads, and reads again what it restored', () => {
    const entries: StateEntry[] = [
      { kind: 'allow', address: ip('192.0.2.0'), bits: 120 },
      { kind: 'grace', address: ip('192.0.2.9'), bits: 128, untilMs: WALL_MS + 5_000 },
      block('198.51.100.1', { ports: [80, 81] }),
      block('2001:db8:bad::', { bits: 64, expiryMs: undefined }),
      block('198.51.100.0', { bits: 120, isNet: true, reason: 'operator', text: 'ticket 7' }),
    ];
    const { world } = restored(entries);
    expect([...stateEntries(world.ports(), world.clock)]).toEqual(entries);
  });

  it('what is over, and who is allowed otherwise, is no state', () => {
    const world = new FakeWorld();
    const { nowNs } = world.clock;
    world.allow.add({ address: ip('10.0.0.1'), bits: 128, reason: 'gateway' });
    world.allow.add({ address: ip('10.0.0.2'), bits: 128, reason: 'operator' });
    world.graces.set({ address: ip('10.0.0.3'), bits: 128, untilNs: nowNs });
    world.blocks.add(ip('10.0.0.4'), 128, { startNs: nowNs - SECOND, expiryNs: nowNs, reason: 'scan' });
    expect([...stateEntries(world.ports(), world.clock)]).toEqual([]);
  });
});
