import { type Log, stateEntries, stateLines } from '@scanward/daemon';
import { endianness, release } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Detachable } from '../commands/detach.ts';
import type { Moment } from '../commands/moment.ts';
import type { CommandSystem, OpenInstance } from '../commands/command-system.ts';
import { ExitCode } from '../exit-codes.ts';
import type { InstancePlace, StateChoice } from '../flags/instance-flags.ts';
import { OperatorError } from '../operator-error.ts';
import { daemonOf } from '../pins/locks.ts';
import { OwnedInstance } from '../pins/owned-instance.ts';
import { linkNames } from '../pins/pinned-links.ts';
import { DEFAULT_BPFFS, inodeOf, Place } from '../pins/place.ts';
import { systemClock } from '../system/clock.ts';
import { readText } from '../system/proc.ts';
import { StateFile } from '../system/state-file.ts';
import { statePath } from '../system/state-path.ts';
import { openInstance } from './open-instance.ts';

const ASK_AGAIN_MS = 5;

/** The machine that this process runs on, as the commands need it. */
export const nativeCommands: CommandSystem = {
  clock: systemClock,
  readText,
  release: release(),
  open: (place) => openInstance(placeOf(place), endianness() === 'LE' ? 'little' : 'big'),
  detachable: (place) => detachable(placeOf(place)),
  keep,
};

const placeOf = ({ bpffs, name }: InstancePlace): Place => new Place(bpffs ?? DEFAULT_BPFFS, name);

function detachable(place: Place): Detachable {
  const owned = <T>(act: (instance: OwnedInstance) => T): T => {
    const instance = OwnedInstance.take(place);
    try {
      return act(instance);
    } finally {
      instance.close();
    }
  };
  return {
    name: place.name,
    interfaces: () => (inodeOf(place.folder) === undefined ? undefined : linkNames(place)),
    daemon: () => daemonOf(place),
    detach: (name) => {
      owned((instance) => instance.detachFrom(name));
    },
    remove: () => {
      owned((instance) => instance.detach());
    },
  };
}

/** Who asks whether one runs, as `top` does again and again, holds its lock for a moment: so it is asked twice. */
async function daemonRuns(instance: OpenInstance): Promise<boolean> {
  if (!instance.daemon()) return false;
  await sleep(ASK_AGAIN_MS);
  return instance.daemon() !== undefined;
}

async function keep(instance: OpenInstance, choice: StateChoice, now: Moment, log: Log): Promise<void> {
  const path = statePath(choice, instance.place.name);
  // A daemon that runs notices the change and writes by itself.
  if (path === undefined || (await daemonRuns(instance))) return;
  const file = new StateFile(path);
  try {
    file.prepare();
    await file.write(stateLines({ writtenMs: now.wallMs }, stateEntries(instance, systemClock), file.sha256()));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const todo = `${why}: what was asked for is done, but a restart of the host would not keep it`;
    if (choice === undefined) log.warn(`writing the state file ${path}: ${todo}`);
    else throw new OperatorError(ExitCode.state, `writing the state file ${path}`, todo, { cause: error });
  }
}
