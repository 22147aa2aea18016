import type { Since } from '../history/scans-options.ts';
import { BadValue } from './bad-value.ts';
import { parseDuration } from './duration.ts';

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(Z)?)?$/;

/**
 * Reads from when on: a duration is so long ago, else a day or a time as `2026-11-23`, `2026-11-23 08:00` (local) or
 * `2026-11-23T08:00:00Z`.
 *
 * @throws BadValue
 */
export function parseSince(text: string): Since {
  const [, day, time = '00:00', zone = ''] = MOMENT.exec(text) ?? [];
  if (day !== undefined) {
    const isDay = new Date(Date.parse(day)).getUTCDate() === Number(day.slice(8));
    const atMs = Date.parse(`${day}T${time}${zone}`);
    if (isDay && !Number.isNaN(atMs)) return { atMs };
  } else if (/^(?:\d+(?:h|m|s|ms))+$/.test(text)) {
    return { agoMs: Number(parseDuration(text, { min: '1ms', max: '87600h' }) / 1_000_000n) };
  }
  throw new BadValue(`'${text}' is neither a duration nor a time: write 24h, 2026-11-23 or 2026-11-23T08:00`);
}
