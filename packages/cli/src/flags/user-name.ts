import { BadValue } from './bad-value.ts';

/** The name of a user of this host. @throws BadValue */
export function userName(text: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/.test(text) && text !== 'root') return text;
  throw new BadValue(`'${text}' is not a user to become: name one of /etc/passwd that is not root`);
}
