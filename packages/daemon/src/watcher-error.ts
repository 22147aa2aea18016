export type WatcherName = 'tracking' | 'scans' | 'blocking' | 'network';

/** A watcher failed, and the daemon ended because of it; `cause` is the error. */
export class WatcherError extends Error {
  override readonly name = 'WatcherError';
  readonly watcher: WatcherName;

  constructor(watcher: WatcherName, cause: unknown) {
    super(`the ${watcher} watcher failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.watcher = watcher;
  }
}
