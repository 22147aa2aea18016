import type { BlockEntry, BlockNote, Prefix } from '@scanward/daemon';
import type { SeenSource } from '../commands/seen-source.ts';

/** What a row is known by, however the table is sorted. */
export interface Row {
  /** An address, or a prefix with its length. */
  readonly name: string;
  readonly prefix: Prefix;
}

/** What becomes of a source's packets. */
export type SourceState = 'allowed' | 'blocked' | 'over' | 'passes';

export interface SourceRow extends SeenSource, Row {
  readonly state: SourceState;
}

export interface BlockRow extends Row {
  readonly block: BlockEntry;
  readonly note: BlockNote | undefined;
  /** Packets per second since the survey before; undefined: it was not among the rows of that. */
  readonly dropRate: number | undefined;
}

/** What one walk over the tables has found. */
export interface Survey {
  /** When it ended. */
  readonly atNs: bigint;
  readonly sources: { readonly count: number; readonly rows: readonly SourceRow[] };
  readonly blocks: { readonly sources: number; readonly nets: number; readonly rows: readonly BlockRow[] };
}

/** Rows that are kept of each table, however many there are. */
export const ROWS_MAX = 500;
