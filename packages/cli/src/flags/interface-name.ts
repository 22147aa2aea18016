import { BadValue } from './bad-value.ts';

/** Reads the name of a network interface. @throws BadValue */
export function interfaceName(text: string): string {
  if (/^[^\s/]{1,15}$/.test(text) && !text.startsWith('-')) return text;
  throw new BadValue(`'${text}' is not an interface's name`);
}
