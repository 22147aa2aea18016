import { CodecError } from './codec-error.ts';
import { TICK_SHIFT } from './layout.generated.ts';

const HIGH_WORD = 2 ** 32;
const TICKS_PER_HIGH_WORD = 2 ** (32 - TICK_SHIFT);

function refuse(path: string, detail: string): never {
  throw new CodecError('RANGE', path, detail);
}

/** The u64 of two halves as a number. Throws CodecError RANGE above Number.MAX_SAFE_INTEGER. */
export function safeNumber(high: number, low: number, path = 'u64'): number {
  if (high >= 2 ** 21) refuse(path, 'is more than Number.MAX_SAFE_INTEGER');
  return high * HIGH_WORD + low;
}

/**
 * The tick (1,024 ns) of a time in nanoseconds given as two halves, exact and without a bigint. Throws
 * CodecError RANGE for a time that no clock reaches (292 years), as all ones, which means "for ever".
 */
export function ticksOf(high: number, low: number, path = 'u64'): number {
  if (high >= 2 ** 31) refuse(path, 'is no time within 292 years');
  return high * TICKS_PER_HIGH_WORD + (low >>> TICK_SHIFT);
}

/** The tick of a touch of struct source, given as two halves: exact. */
export function touchTicks(high: number, low: number): number {
  return high * 2 ** 16 + (low >>> 16);
}

/** The port of a touch, given its lower half. */
export function touchPort(low: number): number {
  return low & 0xffff;
}
