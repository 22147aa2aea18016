import { type DaemonEvent, jsonFormat, type Log } from '@scanward/daemon';
import type { Listener } from '../events/open-events.ts';

/** Scans that may wait to be written: more than may be told within a minute. */
const WAITING_MAX = 8_192;

/** Where scans are kept. */
export interface HistoryStore {
  readonly name: string;
  /** Adds lines, all but the last of which end. Rejects when it cannot. */
  append(lines: string): Promise<void>;
}

/** Keeps each scan that has ended, without ever holding up whoever tells it. What cannot be written is lost, and warned of once. */
export class ScanHistory implements Listener {
  readonly #store: HistoryStore;
  readonly #log: Log;
  readonly #format = jsonFormat();
  #waiting: string[] = [];
  #lost = 0;
  #writing: Promise<void> | undefined;
  #isFailing = false;

  constructor(store: HistoryStore, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  take(event: DaemonEvent): void {
    if (event.kind !== 'scan end' && event.kind !== 'distributed scan') return;
    if (this.#waiting.length < WAITING_MAX) this.#waiting.push(this.#format(event));
    else this.#lost++;
    this.#writing ??= this.#write();
  }

  async close(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      await Promise.resolve(); // what is told at the same time is written at once
      const lines = this.#waiting;
      this.#waiting = [];
      await this.#append(lines);
    }
    this.#writing = undefined;
  }

  async #append(lines: readonly string[]): Promise<void> {
    try {
      await this.#store.append(`${lines.join('\n')}\n`);
      if (this.#lost > 0) throw new Error(`${this.#lost} scans came too fast`);
      this.#isFailing = false;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!this.#isFailing)
        this.#log.warn(`writing the history of scans ${this.#store.name}: ${why}: some are missing`);
      this.#isFailing = true;
      this.#lost = 0;
    }
  }
}
