/** What outlives a restart of the host, one entry each. Times are wall milliseconds since 1970. */
import type { BlockNote, BlockReasonName, Prefix } from '../ports.ts';

/** A block and its note. */
export interface StateBlock extends Prefix, BlockNote {
  readonly kind: 'block';
  /** Whether it is an operator's net; otherwise a source. */
  readonly isNet: boolean;
  readonly startMs: number;
  /** Undefined: for ever. */
  readonly expiryMs: number | undefined;
  readonly reason: BlockReasonName;
  /** Dropped so far. */
  readonly packets: bigint;
  readonly bytes: bigint;
}

/** Who was allowed by command. */
export interface StateAllow extends Prefix {
  readonly kind: 'allow';
}

/** Who was unblocked by command, and until when they cannot be blocked again. */
export interface StateGrace extends Prefix {
  readonly kind: 'grace';
  readonly untilMs: number;
}

export type StateEntry = StateBlock | StateAllow | StateGrace;
