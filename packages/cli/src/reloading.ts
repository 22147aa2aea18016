import type { Daemon, Log, Rules } from '@scanward/daemon';
import { daemonPolicy } from './flags/policy-choice.ts';
import type { RunOptions } from './flags/run-options.ts';
import type { Lists } from './lists/lists.ts';
import type { HostNetworkSource } from './network/network-source.ts';
import { mergeReload } from './reload.ts';

interface Reloadable {
  readonly daemon: Daemon;
  readonly source: HostNetworkSource;
  readonly lists: Lists;
  readonly log: Log;
}

/** Takes what is read anew, one time after the other; all of it, or nothing where something cannot be taken. */
export class Reloading {
  /** What holds. */
  current: RunOptions;
  readonly #parts: Reloadable;
  readonly #started: RunOptions;
  readonly #reread: () => RunOptions;
  #last = Promise.resolve();

  /** @param reread reads flags, environment and configuration anew. @throws OperatorError */
  constructor(parts: Reloadable, started: RunOptions, reread: () => RunOptions) {
    this.#parts = parts;
    this.#started = this.current = started;
    this.#reread = reread;
  }

  again(): void {
    this.#last = this.#last.then(() => this.#reload());
  }

  /** What holds when all that was asked for so far is done. */
  async settled(): Promise<RunOptions> {
    await this.#last;
    return this.current;
  }

  async #reload(): Promise<void> {
    const { daemon, source, lists, log } = this.#parts;
    try {
      const { options, changes, waiting } = mergeReload(this.current, this.#reread(), this.#started);
      const isListed = await lists.load(options);
      source.choose(options);
      daemon.reload(rulesOf(options));
      if (isListed) daemon.listed();
      this.current = options;
      log.info(`reloaded: ${changes.join(', ') || 'nothing changed'}`);
      for (const each of waiting) log.warn(each);
    } catch (error) {
      log.warn(`not reloaded, all stays as it was: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** As the daemon takes them. */
export function rulesOf(options: RunOptions): Rules {
  return {
    policy: daemonPolicy(options),
    trackingPeriodMs: options.trackingPeriodMs,
    blockingPeriodMs: options.detectScanPeriodMs,
  };
}
