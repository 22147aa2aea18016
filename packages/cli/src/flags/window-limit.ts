import type { WindowLimit } from '@scanward/daemon';
import { BadValue } from './bad-value.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { parseWholeNumber } from './whole-number.ts';

/** The highest limit of a longer window. */
export const WINDOW_LIMIT_MAX = 255;
const SECOND_NS = 1_000_000_000n;
const LIMITS = { min: '1s', max: '720h' };

/** The longer windows by default, with their limits where the threshold is 3. */
export const USUAL: readonly WindowLimit[] = [
  { windowS: 600, limit: 6 },
  { windowS: 3_600, limit: 15 },
  { windowS: 86_400, limit: 40 },
];
const USUAL_THRESHOLD = 3;

/** Reads `1h=15`: more than 15 within an hour; `1h=0`: no such limit. @throws BadValue */
export const timeLimit =
  (max: number, example: string) =>
  (text: string): WindowLimit => {
    const [time, count, ...more] = text.split('=');
    if (time === undefined || count === undefined || more.length > 0) {
      const none = example.replace(/=.*/, '=0');
      throw new BadValue(`'${text}' is no time with a limit: write it as ${example}, or ${none} for none`);
    }
    const windowNs = parseDuration(time, LIMITS);
    if (windowNs % SECOND_NS !== 0n)
      throw new BadValue(`'${text}' must have whole seconds, as ${formatDuration((windowNs / SECOND_NS) * SECOND_NS)}`);
    return { windowS: Number(windowNs / SECOND_NS), limit: parseWholeNumber(count, 0, max) };
  };

/** More than so many distinct ports within a longer window. */
export const parseWindowLimit = timeLimit(WINDOW_LIMIT_MAX, '1h=15');

/** More than so many addresses. */
export const parseAddressLimit = timeLimit(WINDOW_LIMIT_MAX, '10m=16');

/** More than so many ports of all sources. */
export const parseDistributedLimit = timeLimit(65_535, '10m=64');

/** Undefined: there is none. */
export const limitOf = (given: WindowLimit): WindowLimit | undefined => (given.limit === 0 ? undefined : given);

/**
 * The longer windows: the usual ones, whose limits grow with the threshold, with those that are given in their places. A window
 * that is no longer than the first, or whose limit would be too high, is left out.
 */
export function windowLimits(given: readonly WindowLimit[], threshold: number, windowNs: bigint): WindowLimit[] {
  const scale = Math.max(threshold, 1) / USUAL_THRESHOLD;
  const usual = USUAL.map(({ windowS, limit }) => ({ windowS, limit: Math.ceil(limit * scale) })).filter(
    ({ windowS, limit }) => limit <= WINDOW_LIMIT_MAX && BigInt(windowS) * SECOND_NS > windowNs,
  );
  const all = new Map([...usual, ...given].map(({ windowS, limit }) => [windowS, limit]));
  return [...all]
    .filter(([, limit]) => limit > 0)
    .map(([windowS, limit]) => ({ windowS, limit }))
    .sort((a, b) => a.windowS - b.windowS);
}
