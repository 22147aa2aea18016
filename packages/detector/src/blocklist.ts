import { hexOf } from './address.ts';

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
}

/** `made`: written. `held`: a block in force was there already. `refused`: no room. */
export type BlockOutcome = 'made' | 'held' | 'refused';

export function isInForce(block: Block, nowNs: bigint): boolean {
  return block.expiryNs === 0n || nowNs < block.expiryNs;
}

/** The program's hash map `blocked`: nothing is evicted, an entry that has expired stays until it is replaced. */
export class Blocklist {
  readonly capacity: number;
  readonly #blocks = new Map<string, Block>();

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#blocks.size;
  }

  get(source: Uint8Array): Block | undefined {
    return this.#blocks.get(hexOf(source));
  }

  /** What user space does: insert or replace. Returns false when there is no room. */
  set(source: Uint8Array, block: Block): boolean {
    const key = hexOf(source);
    if (!this.#blocks.has(key) && this.#blocks.size >= this.capacity) return false;
    this.#blocks.set(key, block);
    return true;
  }

  delete(source: Uint8Array): boolean {
    return this.#blocks.delete(hexOf(source));
  }

  /** What the program does: insert, or replace what has expired. */
  block(source: Uint8Array, nowNs: bigint, expiryNs: bigint): BlockOutcome {
    const old = this.get(source);
    if (old !== undefined && isInForce(old, nowNs)) return 'held';
    const block = { startNs: nowNs, expiryNs, packets: 0n, bytes: 0n, reason: BlockReason.scan };
    return this.set(source, block) ? 'made' : 'refused';
  }
}
