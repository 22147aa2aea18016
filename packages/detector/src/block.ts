import { BLOCK_FOR_EVER, BLOCK_UNIT_NS } from './limits.ts';

/** `enum block_reason`. */
export const BlockReason = { scan: 1, operator: 2 } as const;

/** `struct block`. */
export interface Block {
  readonly startNs: bigint;
  /** 0n: for ever. */
  readonly expiryNs: bigint;
  packets: bigint;
  bytes: bigint;
  readonly reason: number;
  /** How much of the 128 is blocked: those of the source, or the length of the net. */
  readonly bits: number;
}

export function isInForce(block: Block, nowNs: bigint): boolean {
  return block.expiryNs === 0n || nowNs < block.expiryNs;
}

const LAST_UNIT = BigInt(BLOCK_FOR_EVER);

/** When a block ends that is to end then: at a whole unit, or, nine years after the start of the machine, never. */
export function expiryOf(expiryNs: bigint): bigint {
  const units = (expiryNs + BLOCK_UNIT_NS - 1n) / BLOCK_UNIT_NS;
  return units < LAST_UNIT ? units * BLOCK_UNIT_NS : 0n;
}

/** As the program writes it: its times are whole units. */
export function rounded(block: Block): Block {
  const start = block.startNs / BLOCK_UNIT_NS;
  const startNs = (start < LAST_UNIT ? start : LAST_UNIT) * BLOCK_UNIT_NS;
  return { ...block, startNs, expiryNs: expiryOf(block.expiryNs) };
}
