/**
 * How the tests run. The kernel matrix sets MATRIX_PACE: `brief`, where they do less, because they ran whole somewhere else;
 * `emulated`, where they also wait longer, because an emulated processor takes twenty to thirty times as long for everything.
 */
const pace = process.env['MATRIX_PACE'];

/** Tests do less than on an ordinary run. */
export const brief = pace === 'brief' || pace === 'emulated';

/** A time limit in milliseconds for something that should have happened long before. */
export const patience = (ms: number): number => (pace === 'emulated' ? ms * 6 : ms);

/** How many, how much, which rows: the first ordinarily, the second in the kernel matrix. */
export const atPace = <T>(ordinary: T, few: T): T => (brief ? few : ordinary);
