import type { Progress } from './harness/interleave.ts';
import type { Table } from './report/table.ts';

/** How much is measured. `quick` shows that everything still runs; its figures mean nothing. */
export interface Scale {
  readonly quick: boolean;
  readonly rounds: number;
}

/** A group of figures, one file each. */
export interface Group {
  readonly name: string;
  run(scale: Scale, progress: Progress): Promise<Table>;
}
