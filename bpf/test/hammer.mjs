// One thread of hammer.ts: sends SYNs of the same sources as its siblings, source by source in step with them,
// each thread to ports of its own.
import { workerData } from 'node:worker_threads';
import { testRun } from './test-run.mjs';

const { fd, frame, first, threads, sources, ports, shared } = workerData;
const SOURCE_OFFSET = 26;
const PORT_OFFSET = 36;
const CHECKSUM_OFFSET = 50;
const PASS = 2;

const arrivals = new Int32Array(shared, 0, 1);
const passed = new Int32Array(shared, 4, sources);
const dropped = new Int32Array(shared, 4 + 4 * sources, sources);
const view = new DataView(frame.buffer);

const wordsSum = () => [SOURCE_OFFSET, SOURCE_OFFSET + 2, PORT_OFFSET].reduce((sum, at) => sum + view.getUint16(at), 0);
/** The checksum of this frame with all that is changed taken out. */
const rest = (0xffff - view.getUint16(CHECKSUM_OFFSET) + 3 * 0xffff - wordsSum()) % 0xffff;
const mend = () => view.setUint16(CHECKSUM_OFFSET, 0xffff - ((rest + wordsSum()) % 0xffff));

for (let source = 0; source < sources; source++) {
  view.setUint32(SOURCE_OFFSET, 0x0a010000 + source);
  // All threads begin a source at once, or they would hardly ever meet in its slot.
  Atomics.add(arrivals, 0, 1);
  while (Atomics.load(arrivals, 0) < threads * (source + 1));
  for (let port = first; port < first + ports; port++) {
    view.setUint16(PORT_OFFSET, port);
    mend();
    const action = testRun(fd, frame);
    if (action < 0) throw new Error(`BPF_PROG_TEST_RUN: errno ${-action}`);
    Atomics.add(action === PASS ? passed : dropped, source, 1);
  }
}
