import type { Bytes } from './bytes.ts';
import { ObjectError, type ObjectErrorCode } from './error.ts';
import { checkLimit, LIMITS } from './limits.ts';

/** A table of NUL-terminated names. Names are printable ASCII: neither clang nor the kernel takes others. */
export class StringTable {
  private readonly bytes: Bytes;
  private readonly code: ObjectErrorCode;
  private readonly what: string;
  private readonly known = new Map<number, string>();

  constructor(bytes: Bytes, code: ObjectErrorCode, what: string) {
    this.bytes = bytes;
    this.code = code;
    this.what = what;
  }

  /** The name at an offset; the same offset is decoded once. */
  at(offset: number): string {
    const known = this.known.get(offset);
    if (known !== undefined) return known;
    const name = this.decode(offset);
    this.known.set(offset, name);
    return name;
  }

  private decode(offset: number): string {
    if (offset >= this.bytes.length) {
      throw new ObjectError(this.code, `${this.what}: no string at ${offset}, it has ${this.bytes.length} bytes`);
    }
    const codes: number[] = [];
    for (let at = offset; at < this.bytes.length; at += 1) {
      const code = this.bytes.u8(at);
      if (code === 0) return String.fromCharCode(...codes);
      if (code < 0x20 || code > 0x7e) {
        throw new ObjectError(this.code, `${this.what}: the name at ${offset} holds the byte ${code}`);
      }
      codes.push(code);
      if (codes.length > LIMITS.nameBytes) checkLimit('nameBytes', codes.length, `${this.what}: name at ${offset}`);
    }
    throw new ObjectError(this.code, `${this.what}: the name at ${offset} does not end`);
  }
}
