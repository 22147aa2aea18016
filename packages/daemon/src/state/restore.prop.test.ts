import { blockExpiryNs, blockStartNs } from '@scanward/map-codec';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeStateStore, sha256 } from '../../test/fake-state.ts';
import { FakeClock, FakeWorld, ip, WALL_MS } from '../../test/fakes.ts';
import { restoreState } from './restore.ts';
import { stateEntries } from './snapshot.ts';
import { stateLines } from './state-lines.ts';

/** The wall clock of a machine: whole milliseconds, cut. */
class CutClock extends FakeClock {
  override wallMs(): number {
    return Math.floor(super.wallMs());
  }
}

class CutWorld extends FakeWorld {
  override readonly clock = new CutClock();
}

const nanoseconds = fc.bigInt({ min: 0n, max: 3_000_000_000n });

it('a restart, whenever it comes, moves no beginning and no end: the program keeps them by the unit', () => {
  fc.assert(
    fc.property(nanoseconds, nanoseconds, nanoseconds, (startedNs, lastsNs, laterNs) => {
      const world = new CutWorld();
      const store = new FakeStateStore();
      const startNs = blockStartNs(world.clock.nowNs + startedNs);
      const expiryNs = blockExpiryNs(world.clock.nowNs + 100_000_000_000n + lastsNs);
      world.clock.nowNs += startedNs;
      world.blocks.add(ip('192.0.2.1'), 128, { startNs, expiryNs, reason: 'scan' });
      store.text = [...stateLines({ writtenMs: WALL_MS }, stateEntries(world.ports(), world.clock), sha256())].join('');

      const after = new CutWorld();
      after.clock.nowNs = world.clock.nowNs + laterNs;
      restoreState(after.ports(), store);
      const [block] = [...after.blocks.entries()];
      expect([blockStartNs(block!.startNs), blockExpiryNs(block!.expiryNs)]).toEqual([startNs, expiryNs]);
    }),
  );
});
