import type { Endian } from '@scanward/map-codec';
import type { LineLimits } from './line-limit.ts';
import type { PolicyOptions } from './policy.ts';

export interface DaemonOptions {
  /** Of the loaded object. */
  readonly endian: Endian;
  readonly policy: PolicyOptions;
  readonly format: 'text' | 'json';
  /** Whether each line begins with its priority, as the journal reads it. Default false. */
  readonly journal?: boolean;
  readonly trackingPeriodMs: number;
  readonly blockingPeriodMs: number;
  /** How often addresses and routes are looked at. Default 5,000. */
  readonly networkPeriodMs?: number;
  /** Sources that the detector of user mode remembers. */
  readonly maxSources: number;
  /** Size of the blocklist, for the warning that it is full. */
  readonly maxBlocks: number;
  /**
   * Whether the maps are those of a daemon before this one: what is in them is known without being told again, and the
   * state file is not read. Default false: the maps are new, and what the state file holds is restored.
   */
  readonly adopted?: boolean;
  /** Lines a minute that are not of connections or of the operator's doing; default 60 about one source, 3,000 in total. */
  readonly lineLimits?: LineLimits;
  /** Lines of connections within any minute; 0 or undefined: no limit. */
  readonly connectionLines?: number;
  /** Scans whose ends are waited for; default 2,048. */
  readonly scansInProgress?: number;
  /** Five random 64-bit keys of the detector's table: those of the program. */
  readonly sourceKeys: readonly bigint[];
}
