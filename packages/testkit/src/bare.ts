import { BpfProgram, features, XdpVerdict } from '@scanward/loader-native';
import { endianness } from 'node:os';

const MOV_R0 = 0xb7;
const EXIT = 0x95;
const XDP_HAS_FRAGS = 1 << 5;

function instruction(opcode: number, immediate: number): number[] {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setUint8(0, opcode);
  bytes.setInt32(4, immediate, endianness() === 'LE');
  return [...new Uint8Array(bytes.buffer)];
}

const CALL = 0x85;

/** Helpers that take no argument, by their number in linux/bpf.h. */
export const Clock = { bpf_ktime_get_ns: 5, bpf_ktime_get_coarse_ns: 160, bpf_jiffies64: 118 } as const;

const load = (name: string, instructions: readonly number[]): BpfProgram =>
  BpfProgram.load({
    name,
    instructions: Uint8Array.from(instructions),
    // A tail call joins only programs that agree on this.
    flags: features().xdpFrags ? XDP_HAS_FRAGS : 0,
  });

/** What every ratio is a ratio to: a program of two instructions, `return XDP_DROP` or `return XDP_PASS`. */
export function bareProgram(action: 'drop' | 'pass'): BpfProgram {
  const code = action === 'drop' ? XdpVerdict.DROP : XdpVerdict.PASS;
  return load(`bare_${action}`, [...instruction(MOV_R0, code), ...instruction(EXIT, 0)]);
}

/** `return XDP_PASS` after one look at a clock: what that alone costs here. */
export function clockProgram(clock: keyof typeof Clock): BpfProgram {
  const pass = [...instruction(MOV_R0, XdpVerdict.PASS), ...instruction(EXIT, 0)];
  return load('bare_clock', [...instruction(CALL, Clock[clock]), ...pass]);
}
