import { mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MapSpec, ObjectSpec } from '@scanward/bpf-object';
import { BpfMap, BpfProgram, BpfSyscallError, type LoadedObject } from '@scanward/loader-native';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import { type Constants, readConstants } from './constants.ts';
import { mapPin } from './pin-name.ts';
import { filesIn, unpin } from './pinned-links.ts';
import type { Place } from './place.ts';

/** The programs that are pinned. */
export const PROGRAMS = ['scanward', 'scanward_command'] as const;
export type ProgramName = (typeof PROGRAMS)[number];

/** The maps and programs of one folder, opened when they are asked for. It owns what it opened. */
export class PinnedSet implements Disposable {
  readonly folder: string;
  readonly #spec: ObjectSpec;
  readonly #maps = new Map<string, BpfMap>();
  readonly #programs = new Map<string, BpfProgram>();

  private constructor(folder: string, spec: ObjectSpec) {
    this.folder = folder;
    this.#spec = spec;
  }

  /** Opens nothing yet. */
  static open(folder: string, spec: ObjectSpec): PinnedSet {
    return new PinnedSet(folder, spec);
  }

  /** @throws OperatorError `unsupported` when it is not what the object says */
  map(name: string): BpfMap {
    const open = this.#maps.get(name);
    if (open) return open;
    const spec = this.#specOf(name);
    const map = this.#there(() => BpfMap.open(join(this.folder, 'maps', mapPin(name))));
    this.#maps.set(name, map);
    if (map.type !== spec.type || map.keySize !== spec.keySize || map.valueSize !== spec.valueSize) {
      const todo = 'it is not what this version of scanward makes: take it off with scanward detach';
      throw new OperatorError(ExitCode.unsupported, `opening map ${name} of ${this.folder}`, todo);
    }
    return map;
  }

  program(name: ProgramName): BpfProgram {
    const open = this.#programs.get(name);
    if (open) return open;
    const program = this.#there(() => BpfProgram.open(join(this.folder, 'programs', name)));
    this.#programs.set(name, program);
    return program;
  }

  /** All maps but the constants, opened once more: they belong to the caller. */
  openMaps(): Record<string, BpfMap> {
    const maps: Record<string, BpfMap> = {};
    try {
      for (const { name, readonly } of this.#spec.maps) {
        if (!readonly) maps[name] = BpfMap.open(join(this.folder, 'maps', mapPin(name)));
      }
      return maps;
    } catch (error) {
      for (const map of Object.values(maps)) map.close();
      throw error;
    }
  }

  /** The constants that its programs were loaded with. */
  constants(): Constants {
    return readConstants(this.map('.rodata'), this.#specOf('.rodata'), this.#spec.endian);
  }

  close(): void {
    for (const open of [...this.#maps.values(), ...this.#programs.values()]) open.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** A set that lacks a pin is being removed: it was renamed away between two looks. */
  #there<T>(open: () => T): T {
    try {
      return open();
    } catch (error) {
      if (!(error instanceof BpfSyscallError) || error.code !== 'ENOENT') throw error;
      const todo = 'it is just being removed or replaced: try again';
      throw new OperatorError(ExitCode.absent, `opening ${this.folder}`, todo, { cause: error });
    }
  }

  #specOf(name: string): MapSpec {
    const spec = this.#spec.maps.find((map) => map.name === name);
    if (!spec) throw new Error(`the object has no map ${name}`);
    return spec;
  }
}

/** Layouts other than this one that an instance has a set of. */
export function otherLayouts(place: Place, layout: string): string[] {
  return filesIn(place.folder).filter((name) => /^[0-9a-f]{12}$/.test(name) && name !== layout);
}

/** Pins all maps and programs of an object in a new folder. */
export function pinSet(folder: string, object: Pick<LoadedObject, 'maps' | 'programs'>): void {
  for (const part of [folder, join(folder, 'maps'), join(folder, 'programs')]) mkdirSync(part, { mode: 0o700 });
  for (const [name, map] of Object.entries(object.maps)) map.pin(join(folder, 'maps', mapPin(name)));
  for (const name of PROGRAMS) object.programs[name]!.pin(join(folder, 'programs', name));
}

/** Pins something in the place of what is pinned there: there is never nothing. */
export function replacePin(path: string, object: Pick<BpfMap, 'pin'>): void {
  const beside = `${path}-new`;
  unpin(beside);
  object.pin(beside);
  renameSync(beside, path);
}

/** Removes a folder of pins, and those in its folders. Nothing is done when it is not there. */
export function removeSet(folder: string): void {
  for (const part of ['maps', 'programs']) removeFolder(join(folder, part));
  removeFolder(folder);
}

/** Removes a folder and the pins in it. */
function removeFolder(folder: string): void {
  for (const name of filesIn(folder)) unpin(join(folder, name));
  try {
    rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
