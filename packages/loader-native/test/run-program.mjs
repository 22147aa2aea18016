// A thread that runs a program on an empty packet again and again, until the first of `stop` is set. Descriptors belong to the whole process.
import { endianness } from 'node:os';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import load from 'node-gyp-build';

const addon = load(join(import.meta.dirname, '..'));

const BPF_PROG_TEST_RUN = 10;
const packet = new Uint8Array(64);
const little = endianness() === 'LE';
while (Atomics.load(workerData.stop, 0) === 0) {
  const attr = new Uint8Array(80);
  const view = new DataView(attr.buffer);
  view.setUint32(0, workerData.fd, little);
  view.setUint32(8, packet.length, little);
  view.setUint32(32, 1, little);
  const result = addon.bpf(BPF_PROG_TEST_RUN, attr, 16, packet, packet.length);
  if (result < 0) throw new Error(`errno ${-result}`);
}
