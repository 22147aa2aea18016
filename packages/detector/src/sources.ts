import { KeyedHash } from './keyed-hash.ts';
import type { Moment } from './moment.ts';
import type { Rules } from './policy.ts';
import { Singles } from './singles.ts';
import { SourceTable, type SourceTableOptions } from './source-table.ts';

export interface SourcesOptions extends SourceTableOptions {
  /** Lines of seven sources with one port so far. */
  readonly singleLines: number;
}

/**
 * Who touched which ports: `singles` in front of `sources`. A source goes into `sources` with its second port. What is
 * asked is asked of the source that was selected last.
 */
export class Sources {
  readonly table: SourceTable;
  readonly singles: Singles;
  readonly #key: KeyedHash;

  constructor(options: SourcesOptions) {
    this.table = new SourceTable(options);
    this.singles = new Singles(options.singleLines);
    this.#key = new KeyedHash(options.keys);
  }

  select(source: Uint8Array, offset: number): void {
    this.#key.take(source, offset);
  }

  /** The slot of the source, or -1. */
  find(): number {
    return this.table.findKey(this.#key);
  }

  /**
   * One probe. The slot that it touched, whose answers are the table's; or -1: the source is a single still, and not
   * over the threshold. What `singles` evicted is answered in both cases.
   */
  probe(port: number, now: Moment, rules: Rules): number {
    const { table, singles } = this;
    const line = singles.lineOf(this.#key.upper);
    const hinted = singles.isMarked(line, now, rules) ? this.find() : -1;
    if (singles.keep(line, this.#key.tag, port, now, hinted >= 0, rules)) return -1;
    const slot = table.seatKey(this.#key, hinted >= 0 ? hinted : this.find(), now, rules);
    if (singles.isCarried) table.carry(slot, singles.carriedPort, singles.carriedTime, now, rules);
    table.touch(slot, port, now, rules);
    return slot;
  }

  /**
   * The source goes into `sources` without a probe, by a merge. Whether it was a single: its touch, by the time of
   * now, is what `singles` carries.
   */
  release(now: Moment, rules: Rules): boolean {
    this.singles.release(this.singles.lineOf(this.#key.upper), this.#key.tag, now, rules);
    return this.singles.isCarried;
  }

  /** A slot for the source, whatever it touched. */
  seat(now: Moment, rules: Rules): number {
    return this.table.seatKey(this.#key, this.find(), now, rules);
  }

  /** Removes a source from both; whether it was in one of them. */
  forget(source: Uint8Array, offset = 0): boolean {
    this.select(source, offset);
    const wasSingle = this.singles.forget(this.singles.lineOf(this.#key.upper), this.#key.tag);
    return this.table.forget(source, offset) || wasSingle;
  }
}
