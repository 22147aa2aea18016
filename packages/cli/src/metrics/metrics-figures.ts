import type { Figures } from '@scanward/daemon';
import type { TableFill } from '../kernel/table-fill.ts';

/** All that the metrics are made of, at one time. */
export interface MetricsFigures {
  readonly daemon: Figures;
  readonly tables: TableFill;
  /** Those that were asked for. */
  readonly interfaces: readonly { readonly name: string; readonly isAttached: boolean }[];
  /** What was started, as labels. */
  readonly build: Readonly<Record<'version' | 'kernel' | 'mode' | 'response' | 'evidence', string>>;
}
