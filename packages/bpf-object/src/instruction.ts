import { type Endian, putU32 } from './bytes.ts';

export const INSTRUCTION_BYTES = 8;
/** BPF_LD | BPF_IMM | BPF_DW: the only instruction of two halves. */
export const LD_IMM64 = 0x18;
/** BPF_JMP | BPF_CALL */
export const CALL = 0x85;

/** src_reg of a ld_imm64 */
export const PSEUDO_MAP_FD = 1;
export const PSEUDO_MAP_VALUE = 2;
export const PSEUDO_FUNC = 4;
/** src_reg of a call */
export const PSEUDO_CALL = 1;
export const PSEUDO_KFUNC_CALL = 2;

/** Instructions in the object's endian, by index. */
export class Code {
  readonly bytes: Uint8Array;
  readonly count: number;
  private readonly endian: Endian;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, endian: Endian) {
    this.bytes = bytes;
    this.count = bytes.length / INSTRUCTION_BYTES;
    this.endian = endian;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  opcode(index: number): number {
    return this.bytes[index * INSTRUCTION_BYTES]!;
  }

  /** The two registers share a byte, and C bit fields fill it from the end that is the machine's. */
  source(index: number): number {
    const registers = this.bytes[index * INSTRUCTION_BYTES + 1]!;
    return this.endian === 'little' ? registers >> 4 : registers & 15;
  }

  setSource(index: number, register: number): void {
    const at = index * INSTRUCTION_BYTES + 1;
    const registers = this.bytes[at]!;
    this.bytes[at] = this.endian === 'little' ? (registers & 0x0f) | (register << 4) : (registers & 0xf0) | register;
  }

  immediate(index: number): number {
    return this.view.getInt32(index * INSTRUCTION_BYTES + 4, this.endian === 'little');
  }

  setImmediate(index: number, value: number): void {
    putU32(this.bytes, index * INSTRUCTION_BYTES + 4, value, this.endian);
  }
}
