/** A time span for people, in the unit that says enough: `350 ms`, `12 s`, `15 min`, `24 h`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < 10 * MINUTE_MS) return `${Math.round(ms / SECOND_MS)} s`;
  if (ms < 10 * HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  return `${Math.round(ms / HOUR_MS)} h`;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
