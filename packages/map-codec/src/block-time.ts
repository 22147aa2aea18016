import { BLOCK_FOR_EVER, BLOCK_UNIT_SHIFT } from './layout.generated.ts';

const SHIFT = BigInt(BLOCK_UNIT_SHIFT);
const UNIT_NS = 1n << SHIFT;

/** The program's time of a block that begins then: rounded down to a unit of 67 ms. */
export function blockStartNs(startNs: bigint): bigint {
  return (startNs >> SHIFT) << SHIFT;
}

/**
 * The program's time of the end of a block that is to end then, 0n: never. Rounded up to a unit of 67 ms; more than nine
 * years after the start of the machine is never.
 */
export function blockExpiryNs(expiryNs: bigint): bigint {
  const units = (expiryNs + UNIT_NS - 1n) >> SHIFT;
  return units < BigInt(BLOCK_FOR_EVER) ? units << SHIFT : 0n;
}
