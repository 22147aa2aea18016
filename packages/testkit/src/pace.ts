/**
 * How fast the machine is that the tests run on. An emulated processor (MATRIX_PACE=emulated, set by the kernel
 * matrix) takes twenty to thirty times as long for everything: there, tests wait longer and do less.
 */
export const emulated = process.env['MATRIX_PACE'] === 'emulated';

/** A time limit in milliseconds for something that should have happened long before. */
export const patience = (ms: number): number => (emulated ? ms * 6 : ms);

/** How many, how much, which rows: the first on an ordinary machine, the second on an emulated one. */
export const atPace = <T>(ordinary: T, few: T): T => (emulated ? few : ordinary);
