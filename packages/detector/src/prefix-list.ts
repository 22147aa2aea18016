import { ADDRESS_BYTES, copyAddress, maskOf, type Prefix } from './address.ts';
import { assertInteger } from './assert.ts';

/** A bounded list of prefixes; asked whether any of them has an address. */
export class PrefixList {
  readonly capacity: number;
  readonly #addresses: Uint8Array;
  readonly #masks: Uint8Array;
  #size = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#addresses = new Uint8Array(capacity * ADDRESS_BYTES);
    this.#masks = new Uint8Array(capacity * ADDRESS_BYTES);
  }

  get size(): number {
    return this.#size;
  }

  /** Returns false, and changes nothing, when the list is full. Bits behind the prefix are ignored. */
  add(prefix: Prefix): boolean {
    assertInteger('prefix bits', prefix.bits, 0, 128);
    if (this.#size === this.capacity) return false;
    const offset = this.#size * ADDRESS_BYTES;
    this.#masks.set(maskOf(prefix.bits), offset);
    copyAddress(prefix.address, 0, this.#addresses, offset);
    for (let i = offset; i < offset + ADDRESS_BYTES; i++) this.#addresses[i]! &= this.#masks[i]!;
    this.#size++;
    return true;
  }

  clear(): void {
    this.#size = 0;
  }

  #matches(offset: number, bytes: Uint8Array, at: number): boolean {
    for (let i = 0; i < ADDRESS_BYTES; i++) {
      if ((bytes[at + i]! & this.#masks[offset + i]!) !== this.#addresses[offset + i]) return false;
    }
    return true;
  }

  /** Whether any of the prefixes has the address at `offset`. */
  has(bytes: Uint8Array, offset = 0): boolean {
    for (let i = 0; i < this.#size; i++) if (this.#matches(i * ADDRESS_BYTES, bytes, offset)) return true;
    return false;
  }
}
