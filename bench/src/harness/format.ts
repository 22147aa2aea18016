import type { Summary } from './statistics.ts';

const DIGITS_MAX = 3;
const DIGITS_MIN = 2;

/**
 * How many digits of the median the range supports: the first digit in which low and high may differ is the last
 * that is shown; 2 at least, because the range stands beside it, and 3 at most.
 */
export function digitsOf({ median, low, high }: Summary): number {
  const spread = high - low;
  if (spread <= 0 || median === 0) return DIGITS_MAX;
  const certain = Math.floor(Math.log10(Math.abs(median))) - Math.floor(Math.log10(spread)) + 1;
  return Math.min(DIGITS_MAX, Math.max(DIGITS_MIN, certain));
}

const grouped = (text: string): string => text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));

/** A number with so many significant digits, no exponent, thousands in groups. */
export function formatNumber(value: number, digits: number): string {
  if (value === 0) return '0';
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) + 1 - digits);
  const rounded = step >= 1 ? Math.round(value / step) * step : value;
  return grouped(rounded.toFixed(step >= 1 ? 0 : Math.round(-Math.log10(step))));
}

/** `2.3 (2.1–2.6)`: no more digits than the range supports. */
export function formatSummary(summary: Summary): string {
  const digits = digitsOf(summary);
  const text = (value: number): string => formatNumber(value, digits);
  if (summary.low === summary.high) return text(summary.median);
  return `${text(summary.median)} (${text(summary.low)}–${text(summary.high)})`;
}
