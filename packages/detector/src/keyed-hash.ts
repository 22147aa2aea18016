const TWO_32 = 4_294_967_296;

/**
 * The program's hash (bpf/hash.bpf.h): (key[0] + sum of key[i + 1] * word[i]) mod 2^64, where the words are the data's
 * big-endian 32-bit words. In doubles, because a BigInt would be garbage for each packet; and the answers stay here,
 * because V8 would box them on their way out.
 */
export class KeyedHash {
  readonly #upper: Int32Array;
  /** The lower half of each key in two: a product with a word has 48 bits, so a sum of some is an exact double. */
  readonly #middle: Float64Array;
  readonly #least: Float64Array;
  readonly #sum = new Uint32Array(2);

  /** What was hashed last. */
  readonly words: Uint32Array;

  /** @param keys one more than there are words, of which there may be 15; unsigned, 64 bits. */
  constructor(keys: readonly bigint[]) {
    this.#upper = Int32Array.from(keys, (key) => Number(BigInt.asIntN(32, key >> 32n)));
    this.#middle = Float64Array.from(keys, (key) => Number((key >> 16n) & 0xffffn));
    this.#least = Float64Array.from(keys, (key) => Number(key & 0xffffn));
    this.words = new Uint32Array(keys.length - 1);
  }

  /** Of the last sum the upper half. */
  get upper(): number {
    return this.#sum[0]!;
  }

  /** Of the last sum the 24 bits below the upper half. */
  get tag(): number {
    return this.#sum[1]!;
  }

  /** Hashes as many words from `offset` as there are keys for. */
  take(bytes: Uint8Array, offset: number): void {
    let upper = this.#upper[0]!;
    let middle = this.#middle[0]!;
    let least = this.#least[0]!;
    for (let i = 0, at = offset; i < this.words.length; i++, at += 4) {
      const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
      this.words[i] = word;
      upper = (upper + Math.imul(this.#upper[i + 1]!, word)) | 0;
      middle += this.#middle[i + 1]! * (word >>> 0);
      least += this.#least[i + 1]! * (word >>> 0);
    }
    const lower = least + (middle % 65_536) * 65_536;
    this.#sum[0] = upper + Math.floor(middle / 65_536) + Math.floor(lower / TWO_32);
    this.#sum[1] = (lower >>> 8) & 0xffffff;
  }

  /** Hashes the data; the upper half of the sum. */
  hash(bytes: Uint8Array, offset: number): number {
    this.take(bytes, offset);
    return this.upper;
  }
}

/** Any number of sets: the hash as a fraction of 2^32, times the sets. */
export function hashToSet(hash: number, sets: number): number {
  return Math.floor((hash * sets) / TWO_32);
}
