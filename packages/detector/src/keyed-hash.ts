/**
 * The program's hash (bpf/hash.bpf.h): (key[0] + sum of key[i + 1] * word[i]) mod 2^64, its upper half, where the
 * words are the data's big-endian 32-bit words. In 16-bit pieces, because a BigInt would be garbage for each packet.
 */
export class KeyedHash {
  readonly #low: Uint32Array;
  readonly #high: Uint32Array;

  /** @param keys one more than there are words; unsigned, 64 bits. */
  constructor(keys: readonly bigint[]) {
    this.#low = Uint32Array.from(keys, (key) => Number(BigInt.asUintN(32, key)));
    this.#high = Uint32Array.from(keys, (key) => Number(BigInt.asUintN(32, key >> 32n)));
  }

  /** The 32-bit hash of as many words from `offset` as there are keys for. */
  hash(bytes: Uint8Array, offset: number): number {
    let low = this.#low[0]!;
    let high = this.#high[0]!;
    for (let i = 1; i < this.#low.length; i++) {
      const at = offset + 4 * (i - 1);
      const upper = (bytes[at]! << 8) | bytes[at + 1]!;
      const lower = (bytes[at + 2]! << 8) | bytes[at + 3]!;
      const key = this.#low[i]!;
      const keyUpper = key >>> 16;
      const keyLower = key & 0xffff;
      // key * word = product * 2^32 + middle * 2^16 + least, all exact in a double.
      const least = keyLower * lower;
      const middle = keyUpper * lower + keyLower * upper;
      const sum = least + (middle % 65_536) * 65_536;
      low += sum % 4_294_967_296;
      high += keyUpper * upper + Math.floor(middle / 65_536) + Math.floor(sum / 4_294_967_296);
      high = (high + Math.imul(this.#high[i]!, (upper << 16) | lower)) | 0;
    }
    return (high + Math.floor(low / 4_294_967_296)) >>> 0;
  }
}

/** Any number of sets: the hash as a fraction of 2^32, times the sets. */
export function hashToSet(hash: number, sets: number): number {
  return Math.floor((hash * sets) / 4_294_967_296);
}
