import { TICK_NS } from './limits.ts';

/** Ticks of 2^32 ns. */
const TICKS_OF_HIGH = 2 ** 22;

/**
 * A time: a tick (1,024 ns) and the nanoseconds over it. It is made once and set for each event: a number would be boxed
 * by V8 on its way into each function that it does not inline.
 */
export class Moment {
  tick = 0;
  sub = 0;

  set(tick: number, sub: number): this {
    this.tick = tick;
    this.sub = sub;
    return this;
  }

  setNs(ns: bigint): this {
    return this.set(Number(ns / BigInt(TICK_NS)), Number(ns % BigInt(TICK_NS)));
  }

  /** The two halves of a time in nanoseconds, signed or unsigned. */
  setHalves(high: number, low: number): this {
    this.tick = (high >>> 0) * TICKS_OF_HIGH + (low >>> 10);
    this.sub = low & (TICK_NS - 1);
    return this;
  }
}
