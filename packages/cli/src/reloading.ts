import type { Daemon, Log, Rules } from '@scanward/daemon';
import { daemonPolicy } from './flags/policy-choice.ts';
import type { RunOptions } from './flags/run-options.ts';
import type { ListContents, Lists } from './lists/lists.ts';
import type { HostNetworkSource } from './network/network-source.ts';
import { type Merged, mergeReload } from './reload.ts';

interface Reloadable {
  readonly daemon: Daemon;
  readonly source: HostNetworkSource;
  readonly lists: Lists;
  readonly log: Log;
}

/**
 * Takes what is read anew, one time after the other. All of it is read before any of it is taken: where something cannot be,
 * nothing is.
 */
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
    const { lists, log } = this.#parts;
    try {
      const merged = mergeReload(this.current, this.#reread(), this.#started);
      const contents = await lists.read(merged.options);
      this.current = merged.options;
      await this.#take(merged, contents);
    } catch (error) {
      log.warn(`not reloaded, all stays as it was: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Who was allowed by a rule and is by a list now, or the other way round, is allowed throughout. */
  async #take({ options, changes, waiting }: Merged, contents: ListContents): Promise<void> {
    const { daemon, source, lists, log } = this.#parts;
    try {
      source.choose(options);
      daemon.reload(rulesOf(options), contents.allowList);
      if (await lists.apply(contents)) daemon.listed(contents.allowList);
      log.info(`reloaded: ${changes.join(', ') || 'nothing changed'}`);
    } catch (error) {
      log.warn(`only partly reloaded (${error instanceof Error ? error.message : String(error)}): send SIGHUP again`);
    }
    for (const each of waiting) log.warn(each);
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
