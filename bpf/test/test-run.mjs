// BPF_PROG_TEST_RUN for threads, which know no TypeScript. Descriptors belong to the whole process.
import load from 'node-gyp-build';
import { endianness } from 'node:os';
import { join } from 'node:path';

const addon = load(join(import.meta.dirname, '../../packages/loader-native'));
const BPF_PROG_TEST_RUN = 10;
const little = endianness() === 'LE';

/** Runs a program on one frame; its XDP action, or -errno. */
export function testRun(fd, frame) {
  const attr = new Uint8Array(80);
  const view = new DataView(attr.buffer);
  view.setUint32(0, fd, little);
  view.setUint32(8, frame.length, little);
  view.setUint32(32, 1, little);
  const error = addon.bpf(BPF_PROG_TEST_RUN, attr, 16, frame, frame.length);
  return error < 0 ? error : view.getUint32(4, little);
}
