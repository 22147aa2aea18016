import { ADDRESS_BYTES, maskOf, type Prefix } from './address.ts';

interface Grace extends Prefix {
  readonly untilNs: bigint;
}

/** The program's graces: until when a source is as good as allowed where it would be blocked. The longest prefix says it. */
export class Graces {
  #graces: readonly Grace[] = [];

  set(prefix: Prefix, untilNs: bigint): void {
    this.delete(prefix);
    this.#graces = [...this.#graces, { ...prefix, untilNs }].sort((a, b) => b.bits - a.bits);
  }

  /** Whether there was a grace of exactly this prefix. */
  delete(prefix: Prefix): boolean {
    const others = this.#graces.filter((one) => one.bits !== prefix.bits || !isIn(one, prefix.address));
    const isDeleted = others.length < this.#graces.length;
    this.#graces = others;
    return isDeleted;
  }

  /** Whether one is in force for this address. */
  has(address: Uint8Array, nowNs: bigint): boolean {
    const longest = this.#graces.find((one) => isIn(one, address));
    return longest !== undefined && nowNs < longest.untilNs;
  }
}

function isIn({ address: prefix, bits }: Prefix, address: Uint8Array): boolean {
  const mask = maskOf(bits);
  for (let i = 0; i < ADDRESS_BYTES; i++) if (((prefix[i]! ^ address[i]!) & mask[i]!) !== 0) return false;
  return true;
}
