/** How much of the random tests is done. */
import { emulated } from '@scanward/testkit';

const scale = Number(process.env['TEST_SCALE'] ?? 1);

/** So many, TEST_SCALE times; on an emulated processor so few. */
export const scaled = (ordinary: number, few: number): number =>
  emulated ? few : Math.max(1, Math.round(ordinary * scale));

/** What the mutation test shows to find each planted fault: this many traces of this seed. */
export const ENOUGH_TRACES = 60;
export const ENOUGH_SEED = 1;

/** TEST_SEED, or another one in each run; on an emulated processor, where less is done, always the same. */
export const seedOfRun = (): number =>
  emulated ? ENOUGH_SEED : Number(process.env['TEST_SEED'] ?? Date.now() % 0x7fffffff);
