import { ExitCode } from './exit-codes.ts';
import { OperatorError } from './operator-error.ts';
import { StateFile, type StateFileOptions } from './system/state-file.ts';

const FOLDER = '/var/lib/scanward';

/** What of a run says where its state file is. */
export interface StateWish {
  /** `--state FILE`; false: `--no-state`; undefined: neither. */
  readonly choice: string | false | undefined;
  /** The name of the pinned instance; undefined: nothing is pinned. */
  readonly instance: string | undefined;
}

/** The path of the state file; undefined: there is none. Without pins nothing outlives the process but what was asked for. */
export function statePath({ choice, instance }: StateWish): string | undefined {
  if (choice === false) return undefined;
  if (choice !== undefined || instance === undefined) return choice;
  return `${FOLDER}/${instance === 'default' ? 'state' : `state-${instance}`}.json`;
}

/**
 * The state file, ready to be used. One that was not named may fail: then that is warned of when it is written.
 *
 * @throws OperatorError `state` if its folder cannot be had and it was named
 */
export function openState(wish: StateWish, options: StateFileOptions = {}): StateFile | undefined {
  const path = statePath(wish);
  if (path === undefined) return undefined;
  const file = new StateFile(path, options);
  try {
    file.prepare();
  } catch (error) {
    if (wish.choice === undefined) return file;
    const todo = `${(error as Error).message}: name another file, or say --no-state`;
    throw new OperatorError(ExitCode.state, `preparing state file ${path}`, todo, { cause: error });
  }
  return file;
}
