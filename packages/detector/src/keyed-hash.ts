const TWO_32 = 4_294_967_296;

/**
 * The program's hash (bpf/hash.bpf.h): (key[0] + sum of key[i + 1] * word[i]) mod 2^64, where the words are the data's
 * big-endian 32-bit words. In doubles, because a BigInt would be garbage for each packet.
 */
export class KeyedHash {
  readonly #upper: Int32Array;
  /** The lower half of each key in two: a product with a word has 48 bits, so a sum of some is an exact double. */
  readonly #middle: Float64Array;
  readonly #least: Float64Array;

  /** Of the last hash the 24 bits below the upper half. */
  tag = 0;

  /** @param keys one more than there are words, of which there may be 15; unsigned, 64 bits. */
  constructor(keys: readonly bigint[]) {
    this.#upper = Int32Array.from(keys, (key) => Number(BigInt.asIntN(32, key >> 32n)));
    this.#middle = Float64Array.from(keys, (key) => Number((key >> 16n) & 0xffffn));
    this.#least = Float64Array.from(keys, (key) => Number(key & 0xffffn));
  }

  /** The upper half of the sum over as many words from `offset` as there are keys for. */
  hash(bytes: Uint8Array, offset: number): number {
    let upper = this.#upper[0]!;
    let middle = this.#middle[0]!;
    let least = this.#least[0]!;
    for (let i = 1, at = offset; i < this.#upper.length; i++, at += 4) {
      const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
      upper = (upper + Math.imul(this.#upper[i]!, word)) | 0;
      middle += this.#middle[i]! * (word >>> 0);
      least += this.#least[i]! * (word >>> 0);
    }
    const lower = least + (middle % 65_536) * 65_536;
    this.tag = (lower >>> 8) & 0xffffff;
    return (upper + Math.floor(middle / 65_536) + Math.floor(lower / TWO_32)) >>> 0;
  }
}

/** Any number of sets: the hash as a fraction of 2^32, times the sets. */
export function hashToSet(hash: number, sets: number): number {
  return Math.floor((hash * sets) / TWO_32);
}
