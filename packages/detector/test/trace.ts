/** fast-check arbitraries of connections over time, with few sources and ports, so that edges are met. */
import fc from 'fast-check';
import type { Policy } from '../src/index.ts';
import { policy } from './sample.ts';

export interface Probe {
  /** Number of the source. */
  readonly source: number;
  readonly port: number;
  readonly timeNs: bigint;
}

export interface Trace {
  readonly policy: Policy;
  readonly probes: readonly Probe[];
}

const START_NS = 5_000_000_000_000n;

export interface TraceOptions {
  readonly sources?: number;
  readonly ports?: number;
  readonly maxThreshold?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** All steps small, so that the whole trace is within a large window; default false. */
  readonly calm?: boolean;
  /** Whether clocks of two CPUs may be apart; default true. */
  readonly clockGoesBack?: boolean;
  /** Fixes parts of the policy. */
  readonly changes?: Partial<Policy>;
}

/** A span near what matters: nothing, nanoseconds, a tick, exactly the window or the block's time, and around them. */
function step(rules: Policy, back: boolean, calm: boolean): fc.Arbitrary<bigint> {
  if (calm) return fc.bigInt({ min: 0n, max: 4n * 1024n });
  const near = (ns: bigint) => fc.constantFrom(ns, ns - 1n, ns + 1n, ns - 1024n, ns + 1024n);
  return fc.oneof(
    { arbitrary: fc.bigInt({ min: 0n, max: 4n * 1024n }), weight: 8 },
    { arbitrary: fc.constant(0n), weight: 2 },
    { arbitrary: fc.bigInt({ min: 0n, max: rules.windowNs / 2n }), weight: 3 },
    near(rules.windowNs),
    near(rules.blockTtlNs),
    ...(back ? [fc.bigInt({ min: -3000n, max: 0n })] : []),
  );
}

export function trace(options: TraceOptions = {}): fc.Arbitrary<Trace> {
  const back = options.clockGoesBack ?? true;
  const rules = fc
    .record({
      windowNs: fc.bigInt({ min: 1024n, max: 40_000n }),
      blockTtlNs: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 60_000n })),
      threshold: fc.nat({ max: options.maxThreshold ?? 6 }),
      response: fc.constantFrom('block' as const, 'log' as const),
    })
    .map((drawn) => policy({ ...drawn, ...options.changes }));
  return rules.chain((drawn) =>
    fc
      .array(
        fc.record({
          source: fc.nat({ max: (options.sources ?? 3) - 1 }),
          port: fc.nat({ max: (options.ports ?? 9) - 1 }),
          step: step(drawn, back, options.calm ?? false).map((ns) => (back || ns > 0n ? ns : 0n)),
        }),
        { minLength: options.minLength ?? 0, maxLength: options.maxLength ?? 80 },
      )
      .map((steps) => {
        let timeNs = START_NS;
        const probes = steps.map(({ source, port, step: ns }) => ({ source, port, timeNs: (timeNs += ns) }));
        return { policy: drawn, probes };
      }),
  );
}

/** What a single remembers of the time: 2^24 ns. */
export const UNIT_NS = 1n << 24n;
const COARSE = UNIT_NS / 1024n;

/**
 * The same, with a unit for each tick, and every probe where a unit begins: so that nothing of what a single remembers
 * is rounded. The clocks never go back: a unit is far more than they are apart.
 */
export function coarseTrace(options: TraceOptions = {}): fc.Arbitrary<Trace> {
  return trace({ clockGoesBack: false, ...options }).map(({ policy: rules, probes }) => ({
    policy: {
      ...rules,
      windowNs: options.changes?.windowNs ?? rules.windowNs * COARSE,
      blockTtlNs: rules.blockTtlNs * COARSE,
    },
    probes: probes.map((probe) => ({ ...probe, timeNs: (probe.timeNs / 1024n) * UNIT_NS })),
  }));
}
