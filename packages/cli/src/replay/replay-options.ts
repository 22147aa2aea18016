import type { Prefix } from '@scanward/daemon';

/** Who decides about the packets of a capture: the program's model in TypeScript, or the program itself. */
export type EngineName = 'ts' | 'kernel';

/** What `scanward replay` was asked to do. */
export interface ReplayOptions {
  /** Read one after the other, as one capture; `-` is standard input. */
  readonly files: readonly string[];
  readonly engine: EngineName;
  /** The addresses of the host that the capture is of; empty: they are guessed. */
  readonly local: readonly Prefix[];
  readonly detectScanPeriodMs: number;
  readonly threshold: number;
  readonly windowNs: bigint;
  /** 0: for ever. */
  readonly blockTtlNs: bigint;
  readonly mode: 'kernel' | 'user';
  readonly response: 'block' | 'log';
  readonly allow: readonly Prefix[];
  /** Which ports count: `any`, or `closed`, those that nobody listens on, as far as the answers say. */
  readonly evidence: 'any' | 'closed';
  /** Whether what a blocked source sends to an established TCP connection passes. */
  readonly keepEstablished: boolean;
  /** New blocks of scans within a minute, at most; 0: no cap. */
  readonly maxNewBlocks: number;
  readonly ipv6Prefix: number;
  readonly maxSources: number;
  readonly maxBlocks: number;
  /** JSON, one object a line, instead of text. */
  readonly json: boolean;
  /** Another BPF object than the shipped one, for the engine `kernel`. */
  readonly object?: string;
}
