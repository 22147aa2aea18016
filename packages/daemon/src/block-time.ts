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

/** Most that a time is off after its way through whole milliseconds of a wall clock that was read twice. */
const READ_BACK_NS = 2_000_000n;

/**
 * A time that was read back from wall milliseconds, as the program had it: it keeps whole units, and would round what is a
 * little off to the next one, so that each restart made a block longer. What was no unit stays as it is.
 */
export function readBack(timeNs: bigint): bigint {
  const unit = blockStartNs(timeNs + READ_BACK_NS);
  return timeNs - unit <= READ_BACK_NS ? unit : timeNs;
}
