import { BadValue } from './bad-value.ts';

const units = [
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
] as const;

const shape = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Inclusive limits of a duration, and whether nothing at all (`0`) is one. */
export interface DurationLimits {
  /** Written as a duration, so that the message can show it. */
  readonly min: string;
  readonly max: string;
  /** `0` (or `0s`) is taken besides [min, max]; what it means, for the message: "0 for ever". */
  readonly zero?: string;
}

/**
 * Reads a duration: whole numbers with the units `h`, `m`, `s`, `ms`, the largest first, each at most once, as
 * `1s`, `1m30s`, `250ms`, `1h`. Returns nanoseconds.
 *
 * @throws BadValue for anything else: no unit, fractions, signs, spaces, out of the limits
 */
export function parseDuration(text: string, limits: DurationLimits): bigint {
  const ns = durationNs(text, limits.zero !== undefined);
  if (ns === 0n && limits.zero !== undefined) return ns;
  if (ns < durationNs(limits.min, false) || ns > durationNs(limits.max, false)) {
    const orZero = limits.zero === undefined ? '' : `, or ${limits.zero}`;
    throw new BadValue(`'${text}' must be from ${limits.min} to ${limits.max}${orZero}`);
  }
  return ns;
}

function durationNs(text: string, bareZero: boolean): bigint {
  if (bareZero && text === '0') return 0n;
  const parts = text === '' ? null : shape.exec(text);
  if (!parts) {
    const hint = /^\d+$/.test(text)
      ? `it has no unit: write ${text}s or ${text}ms`
      : 'write it as 1s, 1m30s, 250ms or 1h';
    throw new BadValue(`'${text}' is not a duration: ${hint}`);
  }
  return units.reduce((sum, [, unitNs], i) => sum + BigInt(parts[i + 1] ?? '0') * unitNs, 0n);
}

/** Writes nanoseconds as {@link parseDuration} reads them; what is below a millisecond is left out. */
export function formatDuration(ns: bigint): string {
  let rest = ns;
  let text = '';
  for (const [unit, unitNs] of units) {
    const count = rest / unitNs;
    rest -= count * unitNs;
    if (count > 0n) text += `${count.toString()}${unit}`;
  }
  return text === '' ? '0s' : text;
}
