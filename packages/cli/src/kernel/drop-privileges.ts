import { basename, dirname } from 'node:path';
import { becomeUser, raiseMemlock } from '@scanward/loader-native';
import { CAPABILITIES } from '../capabilities.ts';
import type { RunOptions } from '../flags/run-options.ts';
import { choosePlace } from '../pins/choose-place.ts';
import { findUser } from '../privileges/find-user.ts';
import { handOver, handOverAll } from '../privileges/hand-over.ts';
import { readText } from '../system/proc.ts';
import { statePath } from '../system/state-path.ts';

/**
 * Does what needs root, and stops being it: the limit of locked memory, the folder of the pins, that of the state file. All that
 * comes after is done as the user that is named, with the capabilities that a program and its maps need.
 *
 * @throws OperatorError, or what the system answers
 */
export function dropPrivileges(options: Pick<RunOptions, 'user' | 'bpffs' | 'name' | 'pin' | 'state'>): void {
  if (options.user === undefined) return;
  const user = findUser(options.user, readText('/etc/passwd') ?? '');
  raiseMemlock();
  const { place } = choosePlace(options);
  if (place) {
    handOver({ folder: place.bpffs, isHis: () => false }, user);
    handOverAll(place.folder, user);
  }
  const state = statePath(options.state, options.name, place !== undefined);
  if (state !== undefined) {
    handOver({ folder: dirname(state), isHis: (name) => name.startsWith(basename(state)) }, user);
  }
  becomeUser(user, CAPABILITIES);
}
