import type { EventsChoice } from '../flags/instance-flags.ts';

/** Where the sockets of instances are when nobody says otherwise. */
const FOLDER = '/run/scanward';

/** The socket of an instance; undefined: it has none. */
export function eventPath(choice: EventsChoice, name: string): string | undefined {
  if (choice === false) return undefined;
  return choice ?? `${FOLDER}/${name}.sock`;
}
