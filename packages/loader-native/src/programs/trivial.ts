import { littleEndian } from '../kernel/attr.ts';

// One instruction: opcode, registers, offset, immediate. The two registers share a byte, whose halves are
// swapped on the other end; both are the same register here, or none.
function instruction(opcode: number, immediate: number): Uint8Array {
  const bytes = new Uint8Array(8);
  bytes[0] = opcode;
  new DataView(bytes.buffer).setInt32(4, immediate, littleEndian);
  return bytes;
}

const MOV_R0 = 0xb7;
const CALL = 0x85;
const EXIT = 0x95;
const PASS = 2;

/** `return XDP_PASS`, in the host's order. */
export function passProgram(): Uint8Array {
  return new Uint8Array([...instruction(MOV_R0, PASS), ...instruction(EXIT, 0)]);
}

/** Calls a helper that takes no argument, then `return XDP_PASS`. */
export function callProgram(helper: number): Uint8Array {
  return new Uint8Array([...instruction(CALL, helper), ...passProgram()]);
}
