import { Daemon } from '../src/daemon.ts';
import type { DaemonOptions } from '../src/daemon-options.ts';
import type { PolicyOptions } from '../src/policy.ts';
import { FakeWorld } from './fakes.ts';

export const POLICY: PolicyOptions = {
  ...{ mode: 'kernel', response: 'block', threshold: 3 },
  ...{ windowMs: 60_000, blockTtlMs: 3_600_000, ipv6Prefix: 64 },
  ...{ evidence: 'any', keepEstablished: true, maxNewBlocks: 300 },
};

export const OPTIONS: DaemonOptions = {
  endian: 'little',
  policy: POLICY,
  format: 'text',
  trackingPeriodMs: 1_000,
  blockingPeriodMs: 60_000,
  maxSources: 1024,
  maxBlocks: 65536,
  // As random as the program's: of keys without high bits all sources would look the same.
  sourceKeys: [1n, 3n, 5n, 7n, 9n].map((odd) => (odd * 0x9e37_79b9_7f4a_7c15n) & 0xffff_ffff_ffff_ffffn),
};

/** A started daemon in a world of its own. */
export function startDaemon(
  options: Partial<DaemonOptions> = {},
  prepare: (world: FakeWorld) => void = () => undefined,
): { world: FakeWorld; daemon: Daemon } {
  const world = new FakeWorld();
  prepare(world);
  const daemon = new Daemon(world.ports(), { ...OPTIONS, ...options });
  daemon.start();
  return { world, daemon };
}
