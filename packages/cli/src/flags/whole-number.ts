import { BadValue } from './bad-value.ts';

/**
 * Reads a whole number in decimal, within inclusive limits.
 *
 * @throws BadValue for anything else: signs, leading zeros, fractions, exponents, other bases, trailing letters
 */
export function parseWholeNumber(text: string, min: number, max: number): number {
  if (!/^(?:0|[1-9]\d*)$/.test(text)) {
    throw new BadValue(`'${text}' is not a whole number: write digits only, from ${min} to ${max}`);
  }
  const value = Number(text);
  if (value < min || value > max) throw new BadValue(`'${text}' must be from ${min} to ${max}`);
  return value;
}
