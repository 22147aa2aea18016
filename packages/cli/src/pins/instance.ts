import { statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectSpec } from '@scanward/bpf-object';
import { type BpfMap, type BpfProgram, type Lock } from '@scanward/loader-native';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import type { Constants } from './constants.ts';
import { layoutId } from './layout-id.ts';
import { daemonOf, lockForChange, type RunningDaemon } from './locks.ts';
import { listPinnedLinks, type PinnedLink } from './pinned-links.ts';
import { otherLayouts, PinnedSet } from './pinned-set.ts';
import { inodeOf, type Place } from './place.ts';

/**
 * The pinned instance as commands see it: the maps that the attached program works on, whether or not a daemon runs. It owns
 * what it opens; `close()` lets go of it and changes nothing.
 */
export class Instance implements Disposable {
  readonly place: Place;
  /** The layout that it was made with, which is this version's. */
  readonly layout: string;
  readonly #set: PinnedSet;
  readonly #inode: bigint | undefined;

  private constructor(place: Place, layout: string, set: PinnedSet) {
    this.place = place;
    this.layout = layout;
    this.#set = set;
    this.#inode = inodeOf(set.folder);
  }

  /**
   * @param spec the object that this version ships: what layout it can read
   * @throws OperatorError `absent` when there is none of that name, `unsupported` when another version made it, `busy` when
   * a daemon died while it replaced its maps; PermissionError of the loader without rights
   */
  static open(place: Place, spec: ObjectSpec): Instance {
    const layout = layoutId(spec);
    const attempted = `opening instance ${place.name}`;
    if (inodeOf(place.former(layout)) !== undefined) {
      const todo = 'a daemon is replacing its maps: try again; if none runs, start one, which ends the work, or detach';
      throw new OperatorError(ExitCode.busy, attempted, todo);
    }
    if (inodeOf(place.set(layout)) !== undefined) {
      return new Instance(place, layout, PinnedSet.open(place.set(layout), spec));
    }
    const [other] = otherLayouts(place, layout);
    if (other !== undefined) {
      const todo = `it was made by another version of scanward (layout ${other}): run that version, or restart the daemon, which converts it`;
      throw new OperatorError(ExitCode.unsupported, attempted, todo);
    }
    const todo = `there is none in ${place.bpffs}: start one (scanward run), or say where it is (--bpffs, --name)`;
    throw new OperatorError(ExitCode.absent, attempted, todo);
  }

  /** A map by its name in the object (`blocked`, `.rodata`), checked to be what this version expects. */
  map(name: string): BpfMap {
    return this.#set.map(name);
  }

  /** The command program, by which the blocklist is changed. */
  get command(): BpfProgram {
    return this.#set.program('scanward_command');
  }

  /** The program that was attached last. */
  get program(): BpfProgram {
    return this.#set.program('scanward');
  }

  /** The constants that the program was loaded with. */
  get constants(): Constants {
    return this.#set.constants();
  }

  /** Where the program is attached, by name of the interface. */
  links(): PinnedLink[] {
    return listPinnedLinks(this.place);
  }

  /** The daemon of this instance; undefined when none runs. */
  daemon(): RunningDaemon | undefined {
    return daemonOf(this.place);
  }

  /** Whether its maps are still those that are pinned. */
  isCurrent(): boolean {
    return inodeOf(this.#set.folder) === this.#inode;
  }

  /** Since when it counts: when its maps were made, in milliseconds since 1970. */
  sinceMs(): number {
    return statSync(join(this.#set.folder, 'maps/counters')).mtimeMs;
  }

  /**
   * Does something that changes blocks, allow entries or graces; nobody else does so meanwhile. The daemon learns of it
   * within one tracking period.
   *
   * @throws OperatorError `busy` when somebody else changes it for more than 5 s, or when it was replaced since it was opened
   */
  async change<T>(body: () => T | Promise<T>): Promise<T> {
    const lock: Lock = await lockForChange(this.#set.folder, this.#inode);
    try {
      return await body();
    } finally {
      touch(this.#set.folder);
      lock.close();
    }
  }

  close(): void {
    this.#set.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Moves the time of a set's folder on, so that the daemon sees that something changed. */
export function touch(folder: string): void {
  // By more than a microsecond, to which Node cuts it.
  const before = statSync(folder).mtimeMs / 1000;
  const now = Math.max(Date.now() / 1000, before + 2e-6);
  utimesSync(folder, now, now);
}
