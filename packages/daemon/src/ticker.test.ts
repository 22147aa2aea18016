import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../test/fakes.ts';
import { Ticker } from './ticker.ts';

const never = (error: unknown) => {
  throw error;
};

describe('Ticker', () => {
  it('ticks at every period, and not at the start', () => {
    const clock = new FakeClock();
    const start = clock.nowNs;
    const times: number[] = [];
    new Ticker(clock, 250, () => times.push(Number(clock.nowNs - start) / 1e6), never).start();
    clock.advance(1000);
    expect(times).toEqual([250, 500, 750, 1000]);
  });

  it('takes another period while it runs, from now on, and never two at once', () => {
    const clock = new FakeClock();
    const start = clock.nowNs;
    const times: number[] = [];
    const ticker = new Ticker(clock, 250, () => times.push(Number(clock.nowNs - start) / 1e6), never);
    ticker.setPeriod(300);
    ticker.start();
    clock.advance(400);
    ticker.setPeriod(1_000);
    clock.advance(1_000);
    ticker.setPeriod(10);
    clock.advance(30);
    ticker.setPeriod(10);
    ticker.stop();
    ticker.setPeriod(20);
    clock.advance(100);
    expect(times).toEqual([300, 1_400, 1_410, 1_420, 1_430]);
  });

  it('does not drift and does not overlap, however long the passes take', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(700), { minLength: 20, maxLength: 20 }), (durations) => {
        const clock = new FakeClock();
        const start = clock.nowNs;
        let running = 0;
        let passes = 0;
        const ticker = new Ticker(
          clock,
          200,
          () => {
            expect(++running).toBe(1);
            expect(Number(clock.nowNs - start) % 200e6).toBe(0);
            clock.nowNs += BigInt(durations[passes++ % 20]!) * 1_000_000n;
            running--;
          },
          never,
        );
        ticker.start();
        clock.advance(2000);
        expect(passes).toBeGreaterThanOrEqual(2);
        ticker.stop();
        expect(clock.waiting).toBe(0);
      }),
    );
  });

  it('waits again when it is called too early, so that a period may be longer than a timer', () => {
    const clock = new FakeClock();
    let passes = 0;
    new Ticker(clock, 40 * 86_400_000, () => passes++, never).start();
    clock.advance(40 * 86_400_000 - 1);
    expect(passes).toBe(0);
    clock.advance(1);
    expect(passes).toBe(1);
  });

  it('ends at an error, which it hands on', () => {
    const clock = new FakeClock();
    const errors: unknown[] = [];
    const failing = () => {
      throw new Error('no');
    };
    new Ticker(clock, 1, failing, (error) => errors.push(error)).start();
    clock.advance(10);
    expect(errors).toEqual([new Error('no')]);
    expect(clock.waiting).toBe(0);
  });

  it('can be stopped by its own pass', () => {
    const clock = new FakeClock();
    let passes = 0;
    const ticker = new Ticker(
      clock,
      1,
      () => {
        passes++;
        ticker.stop();
      },
      never,
    );
    ticker.start();
    clock.advance(10);
    expect(passes).toBe(1);
    expect(clock.waiting).toBe(0);
  });
});
