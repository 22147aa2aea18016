/** Many threads send SYNs of one source after the other at the same time; and what must hold afterwards. */
import { TestProgram } from '@scanward/testkit';
import { Worker } from 'node:worker_threads';
import { syn } from './packets.ts';

const THREADS = 2;
const PORTS = 20; // of each thread
const THRESHOLD = 31;

function ended(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject).once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`exit ${code}`))));
  });
}

async function send(fd: number, sources: number, ports: number): Promise<{ passed: Int32Array; dropped: Int32Array }> {
  const shared = new SharedArrayBuffer(4 + 8 * sources);
  const threads = Array.from({ length: THREADS }, (_, i) => {
    const frame = syn(0, { sequence: 1 });
    const workerData = { fd, frame, first: i * ports, threads: THREADS, sources, ports, shared };
    return new Worker(new URL('hammer.mjs', import.meta.url), { workerData, execArgv: [] });
  });
  await Promise.all(threads.map(ended));
  return { passed: new Int32Array(shared, 4, sources), dropped: new Int32Array(shared, 4 + 4 * sources, sources) };
}

/** The ports that a slot remembers, each once. */
const portsOf = (touches: readonly bigint[]): number => new Set(touches.map((touch) => touch & 0xffffn)).size;

/** How many sources are not as they must be, by invariant. */
export interface Broken {
  /** Exactly the first 31 ports of each source pass, whichever CPU they came on. */
  readonly passed: number;
  readonly dropped: number;
  /** Each source is blocked once. */
  readonly blocks: number;
  /** A full set gives up the source that was quiet longest, never the one that is being counted. */
  readonly lostSlots: number;
  /** No touch is lost. */
  readonly lostTouches: number;
}

export const UNBROKEN: Broken = { passed: 0, dropped: 0, blocks: 0, lostSlots: 0, lostTouches: 0 };

/** Sends about so many SYNs through the program of an object (default: the committed one). The ring's losses are no matter. */
export async function hammer(syns: number, object?: string): Promise<Broken> {
  const sources = Math.ceil(syns / (THREADS * PORTS));
  const sizes = { policy: { threshold: THRESHOLD }, sourceSets: sources, maxBlocks: 2 * sources };
  using program = TestProgram.load(object === undefined ? sizes : { ...sizes, object });
  const { passed, dropped } = await send(program.program.fd, sources, PORTS);

  const { blocksMade, sourcesEvicted } = program.counters();
  const slots = Array.from({ length: sources }, (_, i) => program.sourceSet(i).slots).flat();
  const used = slots.filter(({ connections }) => connections > 0);
  return {
    passed: passed.filter((count) => count !== THRESHOLD).length,
    dropped: dropped.filter((count) => count !== THREADS * PORTS - THRESHOLD).length,
    blocks: Math.abs(sources - Number(blocksMade)),
    lostSlots: Math.abs(sources - Number(sourcesEvicted) - used.length),
    lostTouches: used.filter(({ touches }) => portsOf(touches) !== THRESHOLD + 1).length,
  };
}

/** How much of the blocklist is not as it must be. */
export interface BrokenBlocks {
  /** Sources of which not every packet was dropped. */
  readonly passed: number;
  /** Blocks too many or too few that the program says it made. */
  readonly made: number;
  /** Blocks too many or too few that it counts. */
  readonly count: number;
  /** Blocks that stand in lines and hash beside another one of the same source. */
  readonly twice: number;
}

export const UNBROKEN_BLOCKS: BrokenBlocks = { passed: 0, made: 0, count: 0, twice: 0 };

/** Blocks so many sources, each on two CPUs at the same time, in so few lines that most find no cell. */
export async function hammerBlocks(sources: number, object?: string): Promise<BrokenBlocks> {
  const lines = Math.ceil(sources / 16);
  const sizes = { policy: { threshold: 0 }, sourceSets: sources, maxBlocks: 2 * sources, blockLines: lines };
  using program = TestProgram.load(object === undefined ? sizes : { ...sizes, object });
  const { dropped } = await send(program.program.fd, sources, 1);

  const cells = Array.from({ length: lines }, (_, i) => program.blockLine(i).addresses).flat();
  const hashed = program
    .hashedBlocks()
    .map(({ source }) => new DataView(source.buffer, source.byteOffset).getUint32(12));
  const blocks = [...cells.filter((address) => address !== 0), ...hashed];
  return {
    passed: dropped.filter((count) => count !== THREADS).length,
    made: Math.abs(sources - Number(program.counters().blocksMade)),
    count: Math.abs(blocks.length - program.blockCount()),
    twice: blocks.length - new Set(blocks).size,
  };
}
