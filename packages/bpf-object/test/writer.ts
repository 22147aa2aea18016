import type { Endian } from '../src/index.ts';

/** Appends numbers in one endian. */
export class Writer {
  private readonly bytes: number[] = [];
  private readonly endian: Endian;

  constructor(endian: Endian) {
    this.endian = endian;
  }

  get length(): number {
    return this.bytes.length;
  }

  number(size: number, value: number | bigint): this {
    const bytes = Array.from({ length: size }, (_, index) => Number((BigInt(value) >> BigInt(8 * index)) & 0xffn));
    this.bytes.push(...(this.endian === 'little' ? bytes : bytes.reverse()));
    return this;
  }

  u8(...values: number[]): this {
    values.forEach((value) => this.number(1, value));
    return this;
  }

  u16(...values: number[]): this {
    values.forEach((value) => this.number(2, value));
    return this;
  }

  u32(...values: number[]): this {
    values.forEach((value) => this.number(4, value));
    return this;
  }

  u64(...values: (number | bigint)[]): this {
    values.forEach((value) => this.number(8, value));
    return this;
  }

  raw(bytes: Iterable<number>): this {
    for (const byte of bytes) this.bytes.push(byte);
    return this;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }
}

/** Names, each ended by a NUL, after an empty first one. */
export class Names {
  private text = '\0';

  add(name: string): number {
    if (name === '') return 0;
    const at = this.text.length;
    this.text += `${name}\0`;
    return at;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.text, (character) => character.charCodeAt(0));
  }
}
