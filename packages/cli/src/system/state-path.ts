import type { StateChoice } from '../flags/instance-flags.ts';

/** Where the state files of instances are when nobody says otherwise. */
const FOLDER = '/var/lib/scanward';

/** The state file of an instance; undefined: it has none. What is not pinned has one only if it was named. */
export function statePath(choice: StateChoice, name: string, isPinned = true): string | undefined {
  if (choice === false) return undefined;
  if (choice !== undefined) return choice;
  if (!isPinned) return undefined;
  return `${FOLDER}/${name === 'default' ? 'state' : `state-${name}`}.json`;
}
