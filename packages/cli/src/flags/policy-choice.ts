import type { PolicyOptions, Prefix, WindowLimit } from '@scanward/daemon';

/** What `run` and `replay` are told of how to decide. */
export interface PolicyChoice {
  /** How often the blocking watcher looks, in milliseconds. */
  readonly detectScanPeriodMs: number;
  /** A source is a scanner when it touched more than this many distinct ports within the window. */
  readonly threshold: number;
  readonly windowNs: bigint;
  /** Windows that are longer, the shortest first. */
  readonly windowLimits: readonly WindowLimit[];
  /** Own and protected addresses that one source may touch; undefined: any number. */
  readonly addressLimit: WindowLimit | undefined;
  /** Ports that many sources may touch together; undefined: any number. */
  readonly distributedLimit: WindowLimit | undefined;
  /** Networks behind this host, whose addresses count as its own do. */
  readonly protect: readonly Prefix[];
  /** 0: for ever. */
  readonly blockTtlNs: bigint;
  /** How long a source is blocked that may have been forged, at most. */
  readonly probationNs: bigint;
  readonly mode: 'kernel' | 'user';
  readonly response: 'block' | 'log';
  /** Which ports count: `any`, or `closed`, of this host those that nobody listens on. */
  readonly evidence: 'any' | 'closed';
  /** Whether what a blocked source sends to an established TCP socket passes. */
  readonly keepEstablished: boolean;
  /** New blocks of scans within a minute, at most; 0: no cap. */
  readonly maxNewBlocks: number;
  readonly allow: readonly Prefix[];
  readonly ipv6Prefix: number;
  readonly maxSources: number;
  readonly maxBlocks: number;
}

/** Largest thresholds: a source's slot in the kernel holds 32 ports, the detector's 1,025. */
export const THRESHOLD_MAX = { kernel: 31, user: 1024 } as const;

/** As the daemon takes it. */
export function daemonPolicy(choice: PolicyChoice): PolicyOptions {
  const { windowNs, blockTtlNs, probationNs, mode, response, threshold, ipv6Prefix } = choice;
  const { windowLimits, addressLimit, distributedLimit, protect, evidence, keepEstablished, maxNewBlocks } = choice;
  return {
    ...{ mode, response, threshold, ipv6Prefix, evidence, keepEstablished, maxNewBlocks },
    ...{ windowLimits, addressLimit, distributedLimit, protect },
    windowMs: milliseconds(windowNs),
    blockTtlMs: milliseconds(blockTtlNs),
    probationMs: milliseconds(probationNs),
  };
}

const milliseconds = (ns: bigint): number => Number(ns) / 1e6;
