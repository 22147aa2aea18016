import { blockStartNs } from '@scanward/map-codec';

/** The rule of the program: a block has ended at its expiry, not after it. */
export function hasExpired(block: { expiryNs: bigint }, nowNs: bigint): boolean {
  return block.expiryNs !== 0n && block.expiryNs <= nowNs;
}

/** Of a block's beginning the program lists only the unit; the record of its scan says it exactly. */
export function beganTogether(a: { startNs: bigint }, b: { startNs: bigint }): boolean {
  return a.startNs === b.startNs || blockStartNs(a.startNs) === b.startNs || a.startNs === blockStartNs(b.startNs);
}

/** Whether a block that the program lists began before then, for certain. */
export function beganBefore(block: { startNs: bigint }, timeNs: bigint): boolean {
  return blockStartNs(block.startNs) < blockStartNs(timeNs);
}
