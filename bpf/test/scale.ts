/** How much of the random tests is done. */
import { brief } from '@scanward/testkit';

const scale = Number(process.env['TEST_SCALE'] ?? 1);

/** So many, TEST_SCALE times; in the kernel matrix so few. */
export const scaled = (ordinary: number, few: number): number =>
  brief ? few : Math.max(1, Math.round(ordinary * scale));

/** What the mutation test shows to find each planted fault: this many traces of this seed, which takes fewer than others. */
export const ENOUGH_TRACES = 10;
export const ENOUGH_SEED = 9;

/** TEST_SEED, or another one in each run; in the kernel matrix, where less is done, always the one that is enough. */
export const seedOfRun = (enough: number): number =>
  brief ? enough : Number(process.env['TEST_SEED'] ?? Date.now() % 0x7fffffff);
