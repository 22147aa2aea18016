import { nearest } from '../nearest.ts';
import { BadValue } from './bad-value.ts';

/**
 * Reads one of a few words, in lower case.
 *
 * @throws BadValue with the nearest right one
 */
export function parseChoice<T extends string>(text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  const near = nearest(text.toLowerCase(), choices);
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
  throw new BadValue(`'${text}' must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}${hint}`);
}
