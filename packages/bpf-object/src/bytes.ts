import { ObjectError } from './error.ts';

/** The end that comes first in a number. */
export type Endian = 'little' | 'big';

/** Bounds-checked reading: a read past the end is a TRUNCATED that names what was read, never a RangeError. */
export class Bytes {
  readonly length: number;
  readonly endian: Endian;
  private readonly what: string;
  private readonly array: Uint8Array;
  private readonly view: DataView;

  constructor(array: Uint8Array, endian: Endian, what: string) {
    this.array = array;
    this.endian = endian;
    this.what = what;
    this.length = array.length;
    this.view = new DataView(array.buffer, array.byteOffset, array.byteLength);
  }

  u8(offset: number): number {
    this.check(offset, 1);
    return this.view.getUint8(offset);
  }

  u16(offset: number): number {
    this.check(offset, 2);
    return this.view.getUint16(offset, this.endian === 'little');
  }

  u32(offset: number): number {
    this.check(offset, 4);
    return this.view.getUint32(offset, this.endian === 'little');
  }

  i32(offset: number): number {
    return this.u32(offset) | 0;
  }

  /** Above 2^53 the number is not exact, but still larger than any offset or size that passes a check. */
  u64(offset: number): number {
    const [low, high] = this.endian === 'little' ? [0, 4] : [4, 0];
    return this.u32(offset + high) * 2 ** 32 + this.u32(offset + low);
  }

  /** A view (no copy) of a part; `what` names it in errors about it. */
  part(offset: number, length: number, what: string): Bytes {
    this.check(offset, length, what);
    return new Bytes(this.array.subarray(offset, offset + length), this.endian, what);
  }

  /** A copy that shares nothing with the input. */
  copy(): Uint8Array {
    return new Uint8Array(this.array);
  }

  private check(offset: number, length: number, what = this.what): void {
    if (offset < 0 || length < 0 || offset + length > this.length) {
      throw new ObjectError('TRUNCATED', `${what}: needs ${length} bytes at ${offset}, has ${this.length}`);
    }
  }
}

/** Writes a 32-bit number, signed or not. */
export function putU32(bytes: Uint8Array, offset: number, value: number, endian: Endian): void {
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).setUint32(offset, value, endian === 'little');
}
