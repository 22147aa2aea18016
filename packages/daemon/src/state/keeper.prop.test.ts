import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeClock, FakeLog, ip } from '../../test/fakes.ts';
import { FakeStateStore } from '../../test/fake-state.ts';
import { StateKeeper } from './keeper.ts';
import type { StateEntry } from './state-entry.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A file whose writes begin and end when the test says so. */
class HeldStore extends FakeStateStore {
  readonly startsNs: bigint[] = [];
  readonly tookNs: bigint[] = [];
  underWay = 0;
  most = 0;
  readonly #clock: FakeClock;
  #answer: ((error: Error | undefined) => void) | undefined;

  constructor(clock: FakeClock) {
    super();
    this.#clock = clock;
  }

  override async write(lines: Iterable<string>): Promise<void> {
    this.startsNs.push(this.#clock.nowNs);
    this.most = Math.max(this.most, ++this.underWay);
    try {
      await this.#taken(lines);
    } finally {
      this.underWay--;
      this.tookNs.push(this.#clock.nowNs - this.startsNs.at(-1)!);
    }
  }

  /** One line at a time, as slowly as the test likes: what changes meanwhile may be in it or not. */
  async #taken(lines: Iterable<string>): Promise<void> {
    let text = '';
    for (const line of lines) {
      text += line;
      const error = await new Promise<Error | undefined>((resolve) => (this.#answer = resolve));
      if (error) throw error;
    }
    this.text = text;
    this.writes++;
  }

  /** Lets the write go on by a line, or fail. */
  answer(error?: Error): void {
    this.#answer?.(error);
    this.#answer = undefined;
  }
}

async function goOn(store: HeldStore, lines: number): Promise<void> {
  for (let i = 0; i < lines; i++) {
    store.answer();
    await settle();
  }
}

type Step = { do: 'change'; last: number } | { do: 'wait'; ms: number } | { do: 'go'; lines: number } | { do: 'fail' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('change' as const), last: fc.nat(5) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.oneof(fc.nat(20), fc.nat(3_000)) }),
  fc.record({ do: fc.constant('go' as const), lines: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ do: fc.constant('fail' as const) }),
);

it('in any order of changes, failures and writes: one write at a time, not too often, and in the end the file is the state', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), fc.boolean(), async (story, isStopped) => {
      const clock = new FakeClock();
      const store = new HeldStore(clock);
      const state = new Map<number, StateEntry>();
      const keeper = new StateKeeper(store, () => [...state.values()], { clock, log: new FakeLog() });
      keeper.start();
      for (const now of story) {
        if (now.do === 'change') {
          if (!state.delete(now.last)) {
            state.set(now.last, { kind: 'allow', address: ip(`192.0.2.${now.last}`), bits: 128 });
          }
          keeper.changed();
        } else if (now.do === 'wait') clock.advance(now.ms);
        else if (now.do === 'fail') store.answer(new Error('ENOSPC'));
        else await goOn(store, now.lines);
        await settle();
      }
      const stopped = isStopped ? keeper.stop() : undefined;
      for (let round = 0; round < 3; round++) {
        await goOn(store, 20);
        if (!isStopped) clock.advance(3_600_000);
      }
      await goOn(store, 20);
      await stopped;
      expect(store.entries()).toEqual([...state.values()]);
      expect(store.most).toBe(1);
      const { startsNs, tookNs } = store;
      const counted = isStopped ? startsNs.slice(0, -1) : startsNs; // the last one waits for nothing
      counted.slice(1).forEach((startNs, i) => {
        const sinceNs = startNs - startsNs[i]!;
        expect(sinceNs >= 1_000_000_000n && sinceNs >= 10n * tookNs[i]!).toBe(true);
      });
    }),
    { numRuns: 150 },
  );
});
