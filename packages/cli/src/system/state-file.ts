import { lstatSync, readdirSync, renameSync, rmSync, type Stats } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StateError, type StateStore } from '@scanward/daemon';
import { fileLines } from './file-lines.ts';
import { isRunning } from './is-running.ts';
import { makeFolder } from './make-folder.ts';
import { doubtsAbout } from './ours.ts';
import { sha256 } from './sha256.ts';
import { syncFolder, writeNew } from './write-beside.ts';

export interface StateFileOptions {
  /** In the name of the file that is written. Default: that of this process. */
  readonly pid?: number;
  /** Puts the written file in place, while nobody else does. Default: at once. */
  readonly commit?: (putInPlace: () => Promise<void>) => Promise<void>;
}

/**
 * The state as a file. It is replaced as a whole: written beside, synced, renamed. Only its owner may read it, and links
 * are never followed.
 */
export class StateFile implements StateStore {
  /** The path. */
  readonly name: string;
  readonly sha256 = sha256;
  readonly #pid: number;
  readonly #commit: (putInPlace: () => Promise<void>) => Promise<void>;

  constructor(path: string, { pid = process.pid, commit = (put) => put() }: StateFileOptions = {}) {
    this.name = path;
    this.#pid = pid;
    this.#commit = commit;
  }

  /**
   * Makes the folder (0700) and removes what killed writers left. To be called once before it is used; throws what the
   * system answers where the folder cannot be had, and StateError where something that is no file has its name.
   */
  prepare(): void {
    refuseOther(this.name);
    const folder = dirname(this.name);
    makeFolder(folder);
    const prefix = `${basename(this.name)}.tmp-`;
    for (const name of readdirSync(folder)) {
      const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : NaN;
      // In a container each process may have the number of the one before it.
      if (Number.isInteger(pid) && (pid === this.#pid || !isRunning(pid))) rmSync(join(folder, name), { force: true });
    }
  }

  read(): Iterable<string> | undefined {
    try {
      lstatSync(this.name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    }
    return this.#lines();
  }

  async write(lines: Iterable<string>): Promise<void> {
    const folder = dirname(this.name);
    const beside = `${this.name}.tmp-${this.#pid}`;
    refuseOther(this.name);
    makeFolder(folder);
    await rm(beside, { force: true });
    try {
      await writeNew(beside, lines);
      await this.#commit(async () => {
        await rename(beside, this.name);
        await syncFolder(folder);
      });
    } catch (error) {
      await rm(beside, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  setAside(): string {
    refuseOther(this.name);
    const name = `${this.name}.broken-${new Date().toISOString()}`;
    renameSync(this.name, name);
    return name;
  }

  *#lines(): Generator<string> {
    try {
      yield* fileLines(this.name, assertOurs);
    } catch (error) {
      if (error instanceof StateError) throw error;
      throw new StateError('unreadable', (error as Error).message, undefined, { cause: error });
    }
  }
}

/** A folder or a device that was named by mistake is neither renamed nor replaced; a link is, and only itself. */
function refuseOther(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats && !stats.isFile() && !stats.isSymbolicLink()) throw new StateError('unreadable', 'it is not a file');
}

/** Whoever can write to it could allow himself. */
function assertOurs(stats: Stats): void {
  const doubt = doubtsAbout(stats);
  if (doubt !== undefined) throw new StateError('unreadable', doubt);
}
