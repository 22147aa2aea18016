import { mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectSpec } from '@scanward/bpf-object';
import type { LoadedObject, Lock } from '@scanward/loader-native';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import { layoutId } from './layout-id.ts';
import { lockForDaemon, unlessGone } from './locks.ts';
import { mapPin } from './pin-name.ts';
import { filesIn, linkNames, linkPin, unpin } from './pinned-links.ts';
import { otherLayouts, PinnedSet, pinSet, PROGRAMS, removeSet, replacePin } from './pinned-set.ts';
import { inodeOf, type Place } from './place.ts';
import { requireTrusted } from './trusted-folder.ts';

/**
 * An instance that this process alone may run or remove. A set of pins has its layout's name only while it is whole: it is made
 * as `partial` and renamed, and to be removed it is renamed first. So whatever moment a kill comes at, a start finds nothing,
 * or a whole set, or two of which the former is to be merged into the newer; the rest is rubbish and says so by its name.
 */
export class OwnedInstance implements Disposable {
  readonly place: Place;
  readonly #lock: Lock;
  readonly #undo: (() => void)[] = [];
  #isClosed = false;

  private constructor(place: Place, lock: Lock) {
    this.place = place;
    this.#lock = lock;
  }

  /**
   * Locks the instance, makes its folder if there is none, and clears what a kill has left half done.
   * @throws OperatorError `busy`, or `capability` when the folder cannot be written to, or others can
   */
  static take(place: Place): OwnedInstance {
    for (;;) {
      makeFolder(place.folder);
      const taken = unlessGone(() => this.#takeThere(place));
      if (taken) return taken.#tidy();
    }
  }

  /** Undefined when somebody else has removed the folder before it was locked. */
  static #takeThere(place: Place): OwnedInstance | undefined {
    requireTrusted(place);
    const inode = inodeOf(place.folder);
    const lock = lockForDaemon(place);
    // Whoever removes an instance does so under the lock: then this is the lock of nothing.
    if (inode === inodeOf(place.folder)) return new OwnedInstance(place, lock);
    lock.close();
    return undefined;
  }

  /** The whole set of this layout, if there is one; the caller closes it. */
  found(spec: ObjectSpec): PinnedSet | undefined {
    return this.#open(this.place.set(layoutId(spec)), spec);
  }

  /** The set that the one of this layout was about to replace when a daemon died; the caller closes it. */
  former(spec: ObjectSpec): PinnedSet | undefined {
    return this.#open(this.place.former(layoutId(spec)), spec);
  }

  /** Removes the former set, when nothing runs on it any more. */
  removeFormer(spec: ObjectSpec): void {
    removeSet(this.place.former(layoutId(spec)));
  }

  /** Layouts of other versions that there are sets of. */
  otherLayouts(spec: ObjectSpec): string[] {
    return otherLayouts(this.place, layoutId(spec));
  }

  /** Pins an object that works on new maps, in the place of what was there. */
  keepAll(object: LoadedObject, spec: ObjectSpec): void {
    const layout = layoutId(spec);
    const { partial } = this.place;
    const [whole, former] = [this.place.set(layout), this.place.former(layout)];
    this.#undo.push(() => {
      removeSet(partial);
    });
    pinSet(partial, object);
    if (inodeOf(whole) !== undefined) {
      this.removeFormer(spec);
      this.#rename(whole, former);
    }
    this.#rename(partial, whole);
  }

  /** Pins the programs and constants of an object that works on the maps that are pinned already. */
  keepPrograms({ programs, maps }: LoadedObject, spec: ObjectSpec): void {
    const folder = this.place.set(layoutId(spec));
    for (const name of PROGRAMS) replacePin(join(folder, 'programs', name), programs[name]!);
    replacePin(join(folder, 'maps', mapPin('.rodata')), maps['.rodata']!);
  }

  /** All is attached: removes the sets that have been replaced. There is no way back afterwards. */
  settle(spec: ObjectSpec): void {
    this.#undo.length = 0;
    this.removeFormer(spec);
    const layout = layoutId(spec);
    for (const other of otherLayouts(this.place, layout)) this.#remove(other);
  }

  /** The pins as they were before `keep…`. */
  revert(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
  }

  /** Takes the program off an interface by removing its link. Was there one? */
  detachFrom(name: string): boolean {
    return unpin(linkPin(this.place, name));
  }

  /** Takes the program off all interfaces, then removes every set. @returns the interfaces */
  detach(): string[] {
    const names = linkNames(this.place);
    for (const name of names) this.detachFrom(name);
    for (const layout of otherLayouts(this.place, '')) this.#remove(layout);
    return names;
  }

  /** Lets go of it; idempotent. A folder with nothing in it is removed. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const folder of [this.place.links, this.place.folder]) removeIfEmpty(folder);
    this.#lock.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #tidy(): this {
    removeSet(this.place.partial);
    for (const name of filesIn(this.place.folder)) {
      const [, layout] = /^([0-9a-f]{12})-former$/.exec(name) ?? [];
      if (layout === undefined || inodeOf(this.place.set(layout)) !== undefined) continue;
      // Killed between the two renames of keepAll.
      renameSync(this.place.former(layout), this.place.set(layout));
    }
    mkdirSync(this.place.links, { recursive: true, mode: 0o700 });
    return this;
  }

  #open(folder: string, spec: ObjectSpec): PinnedSet | undefined {
    return inodeOf(folder) === undefined ? undefined : PinnedSet.open(folder, spec);
  }

  #rename(from: string, to: string): void {
    renameSync(from, to);
    this.#undo.push(() => {
      renameSync(to, from);
    });
  }

  #remove(layout: string): void {
    removeSet(this.place.former(layout));
    removeSet(this.place.partial);
    renameSync(this.place.set(layout), this.place.partial);
    removeSet(this.place.partial);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const todo = `it cannot be made (${code}): run it as root, name a folder of yours with --bpffs, or say --no-pin`;
    throw new OperatorError(ExitCode.capability, `making the folder ${path}`, todo, { cause: error });
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It holds something, or is gone.
  }
}
