import { endianness } from 'node:os';

/** Does this machine keep the low byte first? */
export const littleEndian = endianness() === 'LE';

/** A union bpf_attr in the making: fields by their offsets in linux/bpf.h, in the host's order. */
export class Attr {
  readonly bytes: Uint8Array;
  readonly pointers: (number | Uint8Array)[] = [];
  readonly #view: DataView;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u32(offset: number, value: number): this {
    this.#view.setUint32(offset, value, littleEndian);
    return this;
  }

  u64(offset: number, value: bigint): this {
    this.#view.setBigUint64(offset, value, littleEndian);
    return this;
  }

  /** A name of the kernel's: 15 bytes of letters, digits, `_` and `.`; longer ones are cut. */
  name(offset: number, value: string): this {
    const safe = value.replace(/[^A-Za-z0-9_.]/g, '_').slice(0, 15);
    for (let i = 0; i < safe.length; i++) this.bytes[offset + i] = safe.charCodeAt(i);
    return this;
  }

  pointer(offset: number, buffer: Uint8Array, needed = buffer.length): this {
    this.pointers.push(offset, buffer, needed);
    return this;
  }

  getU32(offset: number): number {
    return this.#view.getUint32(offset, littleEndian);
  }
}
