import { basename, dirname } from 'node:path';
import { becomeUser, raiseMemlock } from '@scanward/loader-native';
import { CAPABILITIES, requireToKeep } from '../capabilities.ts';
import type { RunOptions } from '../flags/run-options.ts';
import { eventPath } from '../events/event-path.ts';
import { historyPath } from '../history/history-path.ts';
import { choosePlace } from '../pins/choose-place.ts';
import { findUser, type FoundUser } from '../privileges/find-user.ts';
import { handOver } from '../privileges/hand-over.ts';
import { readText } from '../system/proc.ts';
import { statePath } from '../system/state-path.ts';

/**
 * Does what needs root, and stops being it: the limit of locked memory, the folders of pins, state file and events. All that
 * comes after is done as the user that is named, with the capabilities that a program and its maps need.
 *
 * @throws OperatorError, or what the system answers
 */
export function dropPrivileges(
  options: Pick<RunOptions, 'user' | 'bpffs' | 'name' | 'pin' | 'state' | 'events'>,
): void {
  if (options.user === undefined) return;
  const user = toBecome(options.user);
  raiseMemlock();
  const { place } = choosePlace(options);
  if (place) {
    handOver({ folder: place.bpffs, isHis: (name) => name === basename(place.folder), isOurs: () => true }, user);
  }
  const isPinned = place !== undefined;
  const files = [
    statePath(options.state, options.name, isPinned),
    historyPath(options.state, options.name, isPinned),
    eventPath(options.events, options.name),
  ];
  for (const file of files) {
    if (file === undefined) continue;
    handOver({ folder: dirname(file), isHis: (name) => isOf(basename(file), name), isOurs }, user);
  }
  becomeUser(user, CAPABILITIES);
}

/** A command on what belongs to another user's daemon: root does it as that user, who has made all that is in his folders. */
export function becomeAsked(name: string | undefined): void {
  if (name === undefined || process.geteuid?.() !== 0) return;
  becomeUser(toBecome(name), CAPABILITIES);
}

/** Whom to become, before anything is given to him. */
function toBecome(name: string): FoundUser {
  const user = findUser(name, readText('/etc/passwd') ?? '');
  requireToKeep(readText('/proc/self/status') ?? '');
  return user;
}

/** State, history and socket of any instance. */
const isOurs = (name: string): boolean => /^(?:state|scans)\b.*\.jsonl?\b|\.sock$/.test(name);

/** The file itself, and what is written beside it before it is put in its place. */
const isOf = (file: string, name: string): boolean => name === file || name.startsWith(`${file}.`);
