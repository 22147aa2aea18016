import { parseDuration } from './duration.ts';
import { parseWholeNumber } from './whole-number.ts';

const periodLimits = { min: '10ms', max: '24h' };
const windowLimits = { min: '1ms', max: '720h' };
const probationLimits = { min: '1s', max: '87600h' };
const ttlLimits = { min: '1ms', max: '87600h', zero: '0 for ever' };

/** Values of the flags that `run` and `replay` share. All throw `BadValue`. */

export const wholeNumber = (min: number, max: number) => (text: string) => parseWholeNumber(text, min, max);

/** Milliseconds from 10ms to 24h. */
export const period = (text: string): number => Number(parseDuration(text, periodLimits) / 1_000_000n);

/** Nanoseconds from 1ms to 720h. */
export const window = (text: string): bigint => parseDuration(text, windowLimits);

/** Nanoseconds from 1ms to 87600h, or 0: for ever. */
export const blockTtl = (text: string): bigint => parseDuration(text, ttlLimits);

/** Nanoseconds from 1s to 87600h. */
export const probation = (text: string): bigint => parseDuration(text, probationLimits);
