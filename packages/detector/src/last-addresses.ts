import { ADDRESS_BYTES, copyAddress, isZero } from './address.ts';

/**
 * The whole address that each source was last seen by, where that is more than the source: an IPv6 prefix. Zero is the
 * source itself, so that no memory is touched for IPv4.
 */
export class LastAddresses {
  readonly #bytes: Uint8Array;
  #isUsed = false;

  constructor(slots: number) {
    this.#bytes = new Uint8Array(slots * ADDRESS_BYTES);
  }

  /** @param isWhole whether the source is the whole address */
  note(slot: number, bytes: Uint8Array, offset: number, isWhole: boolean): void {
    if (isWhole && !this.#isUsed) return;
    this.#isUsed = true;
    copyAddress(bytes, offset, this.#bytes, slot * ADDRESS_BYTES);
  }

  clear(slot: number): void {
    if (this.#isUsed) this.#bytes.fill(0, slot * ADDRESS_BYTES, (slot + 1) * ADDRESS_BYTES);
  }

  /** The address that a source was last seen by: 16 bytes of their own. */
  of(slot: number, source: Uint8Array): Uint8Array {
    const at = slot * ADDRESS_BYTES;
    return isZero(this.#bytes, at) ? source : this.#bytes.slice(at, at + ADDRESS_BYTES);
  }
}
