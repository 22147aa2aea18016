import type { Option } from 'commander';
import { nearest } from '../nearest.ts';
import { BadValue } from './bad-value.ts';
import { single } from './option.ts';

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

/** A flag whose value is one of a few words, which completion offers, too. */
export function oneOf(flags: string, description: string, choices: readonly string[]): Option {
  const option = single(flags, description, (text) => parseChoice(text, choices));
  // For who describes the command: the parser above refuses with the nearest one, commander's own would not.
  option.argChoices = [...choices];
  return option;
}
