import { lstatSync, readdirSync, renameSync, rmSync, type Stats } from 'node:fs';
import { constants, type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StateError, type StateStore } from '@scanward/daemon';
import { fileLines } from './file-lines.ts';
import { inChunks } from './in-chunks.ts';
import { isRunning } from './is-running.ts';
import { makeFolder } from './make-folder.ts';
import { sha256 } from './sha256.ts';

/** Characters written at once: some hundred entries, then it is the turn of others. */
const CHUNK = 64 * 1024;

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
  if (!stats.isFile()) throw new StateError('unreadable', 'it is not a file');
  const isOurs = stats.uid === 0 || stats.uid === process.geteuid?.();
  if (!isOurs || (stats.mode & 0o022) !== 0) throw new StateError('unreadable', 'others may write to it');
}

/** O_EXCL: whatever stands there already, a link too, is not written to. */
async function writeNew(path: string, lines: Iterable<string>): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file: FileHandle = await open(path, flags, 0o600);
  try {
    for (const chunk of inChunks(lines, CHUNK)) await file.appendFile(chunk, 'latin1');
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the new name outlives a power cut. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
