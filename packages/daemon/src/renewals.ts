import { addressKey } from './addresses.ts';

/**
 * Blocks of sources that were just deleted as expired. The program may have renewed one at that very moment: then the
 * record of it comes, and the block is not there. A block that is missing for another reason was lifted, and stays so.
 */
export class Renewals {
  readonly #deleted = new Map<string, { expiryNs: bigint; goneNs: bigint }>();

  /** To be called when the records of before are read. */
  clear(): void {
    this.#deleted.clear();
  }

  /** The source's block had ended at `expiryNs`, and was gone at `goneNs`. */
  deleted(source: Uint8Array, expiryNs: bigint, goneNs: bigint): void {
    this.#deleted.set(addressKey(source), { expiryNs, goneNs });
  }

  /** Whether a block that began at `startNs` was deleted together with the one before it. */
  isOne(source: Uint8Array, startNs: bigint): boolean {
    const old = this.#deleted.get(addressKey(source));
    return old !== undefined && old.expiryNs <= startNs && startNs <= old.goneNs;
  }
}
