import type { Clock, Log, StateStore } from '../ports.ts';
import type { StateEntry } from './state-entry.ts';
import { stateLines } from './state-lines.ts';

/** At most one write within it. */
const PERIOD_NS = 1_000_000_000n;
/** So many times as long as a write took passes from its beginning to that of the next. */
const SHARE = 10n;

export interface KeeperPorts {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Keeps the state file as the state is: written soon after a change, once for many of them, one write at a time, and again
 * when something changed meanwhile. A write that fails is warned of once, and tried again at the same pace.
 */
export class StateKeeper {
  readonly #store: StateStore;
  readonly #entries: () => Iterable<StateEntry>;
  readonly #ports: KeeperPorts;
  #isRunning = false;
  #isDirty = false;
  #isFailing = false;
  #writing: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #notBeforeNs = 0n;

  /** @param entries the state as it is now, read while it is written */
  constructor(store: StateStore, entries: () => Iterable<StateEntry>, ports: KeeperPorts) {
    this.#store = store;
    this.#entries = entries;
    this.#ports = ports;
  }

  /** From now on it writes, and first what the state is now. Before, a file that was not read yet must not be lost. */
  start(): void {
    this.#isRunning = true;
    this.changed();
  }

  /** Something changed. */
  changed(): void {
    this.#isDirty = true;
    this.#plan();
  }

  /**
   * Writes for the last time, whether or not it knows of a change: counters change without a word. Never rejects.
   * @returns whether the file holds the state now, or there was nothing to write
   */
  async stop(): Promise<boolean> {
    if (!this.#isRunning) return !this.#isFailing;
    this.#isRunning = false;
    this.#cancel?.();
    await this.#writing;
    await this.#write();
    return !this.#isFailing;
  }

  #plan(): void {
    if (!this.#isRunning || !this.#isDirty || this.#cancel || this.#writing) return;
    const waitNs = this.#notBeforeNs - this.#ports.clock.monotonicNs();
    const waitMs = waitNs > 0n ? Math.ceil(Number(waitNs) / 1e6) : 0;
    this.#cancel = this.#ports.clock.after(waitMs, () => this.#begin());
  }

  #begin(): void {
    this.#cancel = undefined;
    this.#writing = this.#write().then(() => {
      this.#writing = undefined;
      this.#plan();
    });
  }

  async #write(): Promise<void> {
    const { clock } = this.#ports;
    const startNs = clock.monotonicNs();
    this.#isDirty = false;
    try {
      await this.#store.write(stateLines({ writtenMs: clock.wallMs() }, this.#entries(), this.#store.sha256()));
      this.#succeeded();
    } catch (error) {
      this.#isDirty = true;
      this.#failed(error);
    }
    const tookNs = clock.monotonicNs() - startNs;
    this.#notBeforeNs = startNs + (SHARE * tookNs > PERIOD_NS ? SHARE * tookNs : PERIOD_NS);
  }

  #succeeded(): void {
    if (this.#isFailing) this.#ports.log.info(`wrote state file ${this.#store.name}`);
    this.#isFailing = false;
  }

  #failed(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    if (!this.#isFailing) {
      this.#ports.log.warn(`cannot write state file ${this.#store.name} (${why}): it is tried again until it can be`);
    }
    this.#isFailing = true;
  }
}
