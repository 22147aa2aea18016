import { describe, expect, it } from 'vitest';
import { FakeClock, FakeLog, ip } from '../../test/fakes.ts';
import { FakeStateStore } from '../../test/fake-state.ts';
import { StateKeeper } from './keeper.ts';
import type { StateEntry } from './state-entry.ts';

/** Lets promises go on, however many wait for each other. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function keeping() {
  const [clock, log, store] = [new FakeClock(), new FakeLog(), new FakeStateStore()];
  const state: StateEntry[] = [];
  const keeper = new StateKeeper(store, () => state, { clock, log });
  const change = (last: number) => {
    state.push({ kind: 'allow', address: ip(`192.0.2.${last}`), bits: 128 });
    keeper.changed();
  };
  /** In small steps, so that a write that nothing holds up takes less than a tenth of a second. */
  const pass = async (ms: number) => {
    for (let left = ms; left >= 0; left -= 50) {
      clock.advance(Math.min(left, 50));
      await settle();
    }
  };
  return { clock, log, store, state, keeper, change, pass };
}

describe('StateKeeper', () => {
  it('writes nothing before it is started, and then what is there', async () => {
    const { store, keeper, state, change, pass } = keeping();
    change(1);
    await pass(10_000);
    expect(store.writes).toBe(0);
    keeper.start();
    await pass(0);
    expect(store.entries()).toEqual(state);
  });

  it('writes a change at once, and those of the next second together', async () => {
    const { store, keeper, state, change, pass } = keeping();
    keeper.start();
    await pass(5_000);
    change(1);
    await pass(0);
    expect(store.writes).toBe(2);
    for (let i = 2; i < 9; i++) {
      change(i);
      await pass(100);
    }
    expect(store.writes).toBe(2);
    await pass(300);
    expect(store.writes).toBe(3);
    expect(store.entries()).toEqual(state);
    await pass(60_000);
    expect(store.writes).toBe(3);
  });

  it('takes no more than a tenth of the time', async () => {
    const { clock, store, keeper, change, pass } = keeping();
    store.beforeWrite = () => clock.advance(700);
    keeper.start();
    await pass(0);
    change(1);
    await pass(6_100);
    expect(store.writes).toBe(1);
    await pass(300);
    expect(store.writes).toBe(2);
  });

  it('warns once of writes that fail, goes on, and says when one succeeds', async () => {
    const { store, log, keeper, state, change, pass } = keeping();
    store.beforeWrite = () => Promise.reject(new Error('ENOSPC: no space left on device'));
    keeper.start();
    change(1);
    for (let i = 0; i < 5; i++) await pass(1_000);
    expect(log.warnings).toEqual([
      'cannot write state file /var/lib/scanward/state.json (ENOSPC: no space left on device): ' +
        'it is tried again until it can be',
    ]);
    store.beforeWrite = () => undefined;
    await pass(1_000);
    expect(store.entries()).toEqual(state);
    expect(log.infos).toEqual(['wrote state file /var/lib/scanward/state.json']);
  });

  it('writes once more at the end, after the write that is on its way, and never again', async () => {
    const { clock, store, keeper, state, change, pass } = keeping();
    let go: () => void = () => undefined;
    store.beforeWrite = () => new Promise((resolve) => (go = resolve));
    keeper.start();
    await pass(0);
    state.push({ kind: 'allow', address: ip('192.0.2.1'), bits: 128 });
    const stopped = keeper.stop();
    store.beforeWrite = () => undefined;
    go();
    await stopped;
    expect(store.writes).toBe(2);
    expect(store.entries()).toEqual(state);
    change(2);
    await pass(60_000);
    expect([store.writes, clock.waiting]).toEqual([2, 0]);
  });

  it('that never started leaves the file alone', async () => {
    const { store, keeper } = keeping();
    store.text = 'of before';
    await keeper.stop();
    expect(store.text).toBe('of before');
  });

  it('says so when the last write fails', async () => {
    const { store, log, keeper, pass } = keeping();
    keeper.start();
    await pass(0);
    store.beforeWrite = () => {
      throw new Error('EROFS');
    };
    await keeper.stop();
    expect(log.warnings).toHaveLength(1);
  });
});
