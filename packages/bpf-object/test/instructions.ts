import type { Endian, ProgramSpec } from '../src/index.ts';

export interface Instruction {
  opcode: number;
  destination: number;
  source: number;
  offset: number;
  immediate: number;
}

/** Instructions as plain fields, so that both endians can be compared. */
export function decode(bytes: Uint8Array, endian: Endian): Instruction[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = endian === 'little';
  return Array.from({ length: bytes.length / 8 }, (_, index) => {
    const registers = view.getUint8(index * 8 + 1);
    const [low, high] = [registers & 15, registers >> 4];
    return {
      opcode: view.getUint8(index * 8),
      destination: little ? low : high,
      source: little ? high : low,
      offset: view.getInt16(index * 8 + 2, little),
      immediate: view.getInt32(index * 8 + 4, little),
    };
  });
}

/** 32-bit words in the object's endian. */
export function words(bytes: Uint8Array, endian: Endian): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4, endian === 'little'));
}

/** `caller+instruction -> callee` for each call of, and load of the address of, a function of the program. */
export function calls(program: ProgramSpec, endian: Endian): string[] {
  const nameAt = new Map(program.functions.map(({ name, instruction }) => [instruction, name]));
  return decode(program.instructions, endian).flatMap(({ opcode, source, immediate }, index) => {
    const isCall = (opcode === 0x85 && source === 1) || (opcode === 0x18 && source === 4);
    if (!isCall) return [];
    const caller = program.functions.findLast(({ instruction }) => instruction <= index)!;
    const target = nameAt.get(index + 1 + immediate) ?? 'nowhere';
    return [`${caller.name}+${index - caller.instruction} -> ${target}`];
  });
}
