import { KeyedHash } from './keyed-hash.ts';
import type { Rules } from './policy.ts';
import { Singles } from './singles.ts';
import { SourceTable, type SourceTableOptions } from './source-table.ts';

export interface SourcesOptions extends SourceTableOptions {
  /** Lines of seven sources with one port so far. */
  readonly singleLines: number;
}

/** Who touched which ports: `singles` in front of `sources`. A source goes into `sources` with its second port. */
export class Sources {
  readonly table: SourceTable;
  readonly singles: Singles;
  readonly #hash: KeyedHash;

  constructor(options: SourcesOptions) {
    this.table = new SourceTable(options);
    this.singles = new Singles(options.singleLines);
    this.#hash = new KeyedHash(options.keys);
  }

  /**
   * One probe. The slot that it touched, whose answers are the table's; or -1: the source is a single still, and not
   * over the threshold. What `singles` evicted is answered in both cases.
   */
  probe(source: Uint8Array, offset: number, port: number, tick: number, sub: number, rules: Rules): number {
    const { table, singles } = this;
    const hash = this.#hash.hash(source, offset);
    const line = singles.lineOf(hash);
    const known = singles.isMarked(line, tick, rules) && table.find(source, offset, hash) >= 0;
    if (singles.keep(line, this.#hash.tag, port, tick, known, rules)) return -1;
    const slot = table.seat(source, offset, tick, rules, hash);
    if (singles.isCarried) table.carry(slot, singles.carriedPort, singles.carriedTick, tick, sub, rules);
    table.touch(slot, port, tick, sub, rules);
    return slot;
  }

  /** Removes a source from both; whether it was in one of them. */
  forget(source: Uint8Array, offset = 0): boolean {
    const hash = this.#hash.hash(source, offset);
    const wasSingle = this.singles.forget(this.singles.lineOf(hash), this.#hash.tag);
    return this.table.forget(source, offset) || wasSingle;
  }
}
