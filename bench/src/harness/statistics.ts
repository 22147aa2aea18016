/** What some rounds measured. */
export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
}

/** The middle one of the values, or the mean of the two in the middle. @throws RangeError without a value */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no value has no median');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Median and range. @throws RangeError without a value */
export function summarise(values: readonly number[]): Summary {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values), rounds: values.length };
}

/** Each value over the base of the same round. @throws RangeError when the rounds differ in number */
export function ratios(values: readonly number[], base: readonly number[]): number[] {
  if (values.length !== base.length) throw new RangeError(`${values.length} rounds over ${base.length}`);
  return values.map((value, round) => value / base[round]!);
}
