import type { Endian } from '@scanward/map-codec';
import type { PolicyOptions } from './policy.ts';

export interface DaemonOptions {
  /** Of the loaded object. */
  readonly endian: Endian;
  readonly policy: PolicyOptions;
  readonly format: 'text' | 'json';
  readonly trackingPeriodMs: number;
  readonly blockingPeriodMs: number;
  /** How often addresses and routes are looked at. Default 5,000. */
  readonly networkPeriodMs?: number;
  /** Sources that the detector of user mode remembers. */
  readonly maxSources: number;
  /** Size of the blocklist, for the warning that it is full. */
  readonly maxBlocks: number;
  /** Five random 64-bit keys of the detector's table: those of the program. */
  readonly sourceKeys: readonly bigint[];
}
