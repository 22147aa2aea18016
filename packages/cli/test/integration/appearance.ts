import { type FSWatcher, watch } from 'node:fs';

/** Watches a folder until a name appears in it, or goes. */
export class Appearance {
  /** Resolves when the first name has matched. */
  readonly seen: Promise<void>;
  readonly #watcher: FSWatcher;

  constructor(folder: string, pattern: RegExp) {
    this.#watcher = watch(folder);
    this.seen = new Promise((resolve) => {
      this.#watcher.on('change', (_, name) => {
        if (pattern.test(String(name))) resolve();
      });
    });
  }

  close(): void {
    this.#watcher.close();
  }
}
