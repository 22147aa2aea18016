import { OperatorError } from '../operator-error.ts';
import type { Setting } from './setting.ts';

/** A value as it is written: a text, true or false, or several texts. */
export type Written = string | boolean | readonly string[];

/**
 * The value of a setting, read as its flag reads it.
 *
 * @throws Error that says what is wrong with it and what would be right
 */
export function valueOf({ valued, canBeFalse, isList }: Setting, written: Written): unknown {
  if (typeof written === 'boolean') {
    if (!written && canBeFalse) return false;
    if (written && !valued) return true;
    throw new Error(canBeFalse ? 'true is no value: give one, or false' : `${written} is no value: give one`);
  }
  if (!valued) throw new Error(`'${[written].flat().join(', ')}' must be true or false`);
  const texts = [written].flat();
  if (!isList && texts.length !== 1) throw new Error(`it takes one value, and not ${texts.length}`);
  let value: unknown;
  for (const text of texts) value = read(valued, text, value);
  return isList ? (value ?? []) : value;
}

/** Without the name of the flag, which nobody has typed. */
function read(option: NonNullable<Setting['valued']>, text: string, before: unknown): unknown {
  try {
    return option.parseArg?.(text, before) ?? text;
  } catch (error) {
    if (error instanceof OperatorError && error.cause instanceof Error) throw error.cause;
    throw error;
  }
}
