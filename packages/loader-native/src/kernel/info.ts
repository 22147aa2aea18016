import type { Sys } from '../sys/sys.ts';
import { Attr, littleEndian } from './attr.ts';
import { call } from './call.ts';

// More than any struct bpf_*_info so far; the kernel fills what it knows.
const INFO_BYTES = 512;

/** The fields of a kernel's struct bpf_*_info; those that it does not know read as zero. */
export class InfoReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u32(offset: number): number {
    return this.#view.getUint32(offset, littleEndian);
  }

  u64(offset: number): bigint {
    return this.#view.getBigUint64(offset, littleEndian);
  }

  text(offset: number, length: number): string {
    const bytes = this.#bytes.subarray(offset, offset + length);
    const end = bytes.indexOf(0);
    return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('latin1');
  }

  hex(offset: number, length: number): string {
    return Buffer.from(this.#bytes.subarray(offset, offset + length)).toString('hex');
  }
}

/** BPF_OBJ_GET_INFO_BY_FD. */
export function readInfo(sys: Sys, fd: number): InfoReader {
  const bytes = new Uint8Array(INFO_BYTES);
  call(sys, 'BPF_OBJ_GET_INFO_BY_FD', new Attr(16).u32(0, fd).u32(4, bytes.length).pointer(8, bytes));
  return new InfoReader(bytes);
}
