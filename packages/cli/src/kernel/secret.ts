import { randomBytes } from 'node:crypto';

/** Random 64-bit keys, so that nobody outside can know where in a table a source goes. */
export function randomKeys(count: number): bigint[] {
  const bytes = randomBytes(8 * count);
  return Array.from({ length: count }, (_, i) => bytes.readBigUInt64LE(8 * i));
}
