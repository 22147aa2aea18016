/** Random 64-bit keys, so that nobody outside can know where in a table a source goes. */
export function randomKeys(count: number): bigint[] {
  return [...crypto.getRandomValues(new BigUint64Array(count))];
}
