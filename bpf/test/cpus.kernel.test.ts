/** A source whose packets arrive on several CPUs at once is counted exactly. */
import { TestProgram } from '@scanward/testkit';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { syn } from './packets.ts';

const SYNS = Math.round(1_000_000 * Number(process.env['TEST_SCALE'] ?? 1));
const THREADS = 2;
const PORTS = 20; // of each thread
const THRESHOLD = 31;
const SOURCES = Math.ceil(SYNS / (THREADS * PORTS));

/** A BPF file system of our own, for the pin by which the threads open the program. */
class BpfFileSystem implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'scanward-bpf-'));
  constructor() {
    execFileSync('mount', ['-t', 'bpf', 'bpf', this.path]);
  }
  [Symbol.dispose](): void {
    execFileSync('umount', [this.path]);
    rmdirSync(this.path);
  }
}

function ended(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject).once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`exit ${code}`))));
  });
}

async function hammer(pin: string): Promise<{ passed: Int32Array; dropped: Int32Array }> {
  const shared = new SharedArrayBuffer(4 + 8 * SOURCES);
  const threads = Array.from({ length: THREADS }, (_, i) => {
    const frame = syn(0, { sequence: 1 });
    const workerData = { pin, frame, first: i * PORTS, threads: THREADS, sources: SOURCES, ports: PORTS, shared };
    return new Worker(new URL('hammer.mjs', import.meta.url), { workerData, execArgv: [] });
  });
  await Promise.all(threads.map(ended));
  return { passed: new Int32Array(shared, 4, SOURCES), dropped: new Int32Array(shared, 4 + 4 * SOURCES, SOURCES) };
}

test(
  `${SYNS} SYNs on ${THREADS} CPUs: no touch is lost, none passes beyond the threshold`,
  { timeout: 900_000 },
  async () => {
    if (availableParallelism() < THREADS) throw new Error(`this test needs ${THREADS} CPUs`);
    using files = new BpfFileSystem();
    using program = TestProgram.load({ policy: { threshold: THRESHOLD }, sourceSets: SOURCES, maxBlocks: 2 * SOURCES });
    const pin = join(files.path, 'program');
    program.program.pin(pin);
    const { passed, dropped } = await hammer(pin);

    // Exactly the first 31 ports of each source pass, whichever CPU they came on; the ring's losses are no matter here.
    expect(passed.filter((count) => count !== THRESHOLD)).toEqual(new Int32Array(0));
    expect(dropped.filter((count) => count !== THREADS * PORTS - THRESHOLD)).toEqual(new Int32Array(0));
    const { blocksMade, sourcesEvicted } = program.counters();
    expect(blocksMade).toBe(BigInt(SOURCES));

    const slots = Array.from({ length: SOURCES }, (_, i) => program.sourceSet(i).slots).flat();
    const used = slots.filter(({ connections }) => connections > 0);
    // A full set gives up the source that was quiet longest, never the one that is being counted.
    expect(used).toHaveLength(SOURCES - Number(sourcesEvicted));
    expect(
      used.filter(({ touches }) => new Set(touches.map((touch) => touch & 0xffffn)).size !== THRESHOLD + 1),
    ).toEqual([]);
  },
);
