import { statSync } from 'node:fs';
import type { ChangeSource } from '@scanward/daemon';

/** Sees that a command has changed what is pinned: it moves the time of the set's folder on. */
export class FolderChanges implements ChangeSource {
  readonly #folder: string;
  #seen: bigint | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.#seen = this.#time();
  }

  /** Also true once when the folder has come since. */
  changed(): boolean {
    const before = this.#seen;
    this.#seen = this.#time();
    return this.#seen !== before;
  }

  #time(): bigint | undefined {
    return statSync(this.#folder, { bigint: true, throwIfNoEntry: false })?.mtimeNs;
  }
}
