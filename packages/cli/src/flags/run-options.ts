import type { Prefix } from '@scanward/daemon';
import type { StateChoice } from './instance-flags.ts';

/** What `scanward run` was asked to do. */
export interface RunOptions {
  /** Empty: the interface of the default route. */
  readonly interfaces: readonly string[];
  /** How often connections are printed, in milliseconds. */
  readonly trackingPeriodMs: number;
  /** How often the blocking watcher looks, in milliseconds. */
  readonly detectScanPeriodMs: number;
  /** A source is a scanner when it touched more than this many distinct ports within the window. */
  readonly threshold: number;
  readonly windowNs: bigint;
  /** 0: for ever. */
  readonly blockTtlNs: bigint;
  readonly mode: 'kernel' | 'user';
  readonly response: 'block' | 'log';
  /** Which ports count: `any`, or `closed`, of this host those that nobody listens on. */
  readonly evidence: 'any' | 'closed';
  /** Whether what a blocked source sends to an established TCP socket passes. */
  readonly keepEstablished: boolean;
  /** New blocks of scans within a minute, at most; 0: no cap. */
  readonly maxNewBlocks: number;
  readonly xdp: 'auto' | 'native' | 'generic';
  readonly allow: readonly Prefix[];
  readonly allowGateway: boolean;
  readonly ipv6Prefix: number;
  readonly maxSources: number;
  readonly maxBlocks: number;
  readonly replace: boolean;
  readonly format: 'text' | 'json';
  /** The folder of instances on a BPF file system; undefined: the usual one, if there is one. */
  readonly bpffs: string | undefined;
  /** Of the instance. */
  readonly name: string;
  /** Whether protection outlives the process. */
  readonly pin: boolean;
  /** Whether it stays when the process is asked to end. */
  readonly keepOnExit: boolean;
  readonly state: StateChoice;
  /** Another BPF object than the shipped one. */
  readonly object?: string;
}

/** Largest thresholds: a source's slot in the kernel holds 32 ports, the detector's 1,025. */
export const THRESHOLD_MAX = { kernel: 31, user: 1024 } as const;
