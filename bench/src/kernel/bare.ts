import { BpfProgram, features, XdpVerdict } from '@scanward/loader-native';
import { endian } from './shipped.ts';

const MOV_R0 = 0xb7;
const EXIT = 0x95;
const XDP_HAS_FRAGS = 1 << 5;

function instruction(opcode: number, immediate: number): number[] {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setUint8(0, opcode);
  bytes.setInt32(4, immediate, endian === 'little');
  return [...new Uint8Array(bytes.buffer)];
}

/** What every ratio is a ratio to: a program of two instructions, `return XDP_DROP` or `return XDP_PASS`. */
export function bareProgram(action: 'drop' | 'pass'): BpfProgram {
  const code = action === 'drop' ? XdpVerdict.DROP : XdpVerdict.PASS;
  return BpfProgram.load({
    name: `bare_${action}`,
    instructions: Uint8Array.from([...instruction(MOV_R0, code), ...instruction(EXIT, 0)]),
    // A tail call joins only programs that agree on this.
    flags: features().xdpFrags ? XDP_HAS_FRAGS : 0,
  });
}
