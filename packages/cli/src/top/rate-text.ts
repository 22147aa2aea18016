import { shortCount } from '../tables/count.ts';

/** A rate in at most 7 characters: `0`, `0.4`, `120`. */
export function rateText(rate: number): string {
  if (rate === 0) return '0';
  return rate < 9.95 ? rate.toFixed(1) : shortCount(BigInt(Math.round(rate)));
}
