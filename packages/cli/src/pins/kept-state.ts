import { ExitCode } from '../exit-codes.ts';
import type { RunOptions } from '../flags/run-options.ts';
import type { Keeping } from '../kernel/keeping.ts';
import { OperatorError } from '../operator-error.ts';
import { StateFile } from '../system/state-file.ts';
import { statePath } from '../system/state-path.ts';
import { lockForChange } from './locks.ts';
import { inodeOf } from './place.ts';

/**
 * The state file of a run, ready to be used; undefined: there is none. While it is put in place no command changes the
 * instance, for a command of before the daemon may be writing the same file. One that was not named may fail: that is warned
 * of when it is written.
 *
 * @throws OperatorError `state` if its folder cannot be had and it was named
 */
export function keptState(
  { state, name }: Pick<RunOptions, 'state' | 'name'>,
  { place, folder }: Pick<Keeping, 'place' | 'folder'>,
): StateFile | undefined {
  const path = statePath(state, name, place !== undefined);
  if (path === undefined) return undefined;
  const file = new StateFile(path, folder === undefined ? {} : { commit: (put) => alone(folder, put) });
  try {
    file.prepare();
  } catch (error) {
    if (state === undefined) return file;
    const todo = `${(error as Error).message}: name another file, or say --no-state`;
    throw new OperatorError(ExitCode.state, `preparing the state file ${path}`, todo, { cause: error });
  }
  return file;
}

async function alone(folder: string, act: () => Promise<void>): Promise<void> {
  const lock = await lockForChange(folder, inodeOf(folder));
  try {
    await act();
  } finally {
    lock.close();
  }
}
