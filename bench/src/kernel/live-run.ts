import { type BpfProgram, nativeSys } from '@scanward/loader-native';
import { endian } from './shipped.ts';

const BPF_PROG_TEST_RUN = 10;
const XDP_LIVE_FRAMES = 1 << 1;
const BATCH = 64;
const ATTR_BYTES = 80;

/**
 * Runs the program `repeat` times on real frames, which go where its verdict sends them (since 5.18), in the network
 * namespace of this process. @throws Error with the errno
 */
export function liveRun(program: BpfProgram, frame: Uint8Array, repeat: number): void {
  const attr = new DataView(new ArrayBuffer(ATTR_BYTES));
  const little = endian === 'little';
  attr.setUint32(0, program.fd, little);
  attr.setUint32(8, frame.length, little);
  attr.setUint32(32, repeat, little);
  attr.setUint32(64, XDP_LIVE_FRAMES, little);
  attr.setUint32(72, BATCH, little);
  const result = nativeSys.bpf(BPF_PROG_TEST_RUN, new Uint8Array(attr.buffer), 16, frame, frame.length);
  if (result < 0) throw new Error(`BPF_PROG_TEST_RUN with live frames: errno ${-result}`);
}
