import type { Detector } from '@scanward/detector';
import { cursor, Mode } from '@scanward/map-codec';
import { Wrapper } from '@scanward/testkit';
import type { Group } from '../group.ts';
import { cpuMs } from '../harness/cpu.ts';
import { interleave } from '../harness/interleave.ts';
import { median, summarise } from '../harness/statistics.ts';
import { Network } from '../kernel/addresses.ts';
import { frames } from '../kernel/frames.ts';
import { codec, Shipped } from '../kernel/shipped.ts';
import { newDetector } from '../new-detector.ts';
import { Owned } from './owned.ts';

const RING_FILL = 100_000;
/** So few that the heap is seldom collected meanwhile, which would hide what they left. */
const FEW = 4_000;
const SOURCES = [1, 65_536, 1_000_000] as const;

/** The path of a connection in user mode: ring, codec, detector. */
class Path {
  readonly #shipped: Shipped;
  readonly #wrapper: Wrapper;
  readonly #detector: Detector;
  readonly #visit: (bytes: Uint8Array, offset: number) => void;

  constructor(sources: number, stack: Owned) {
    this.#shipped = stack.use(new Shipped({ blocks: 0, allowed: 0 }));
    this.#shipped.setPolicy({ mode: Mode.USER });
    this.#wrapper = stack.use(
      new Wrapper(sources === 1 ? { kind: 'port' } : { kind: 'source', sources, network: Network.honest }),
    );
    this.#detector = newDetector(Math.max(65_536, sources));
    const records = cursor(codec.connection);
    const detector = this.#detector;
    this.#visit = (bytes, offset) => {
      records.over(bytes, offset, 1);
      detector.connectionAt(
        bytes,
        records.sourceOffset(0),
        records.destinationOffset(0),
        records.destinationPort(0),
        records.timeNsHigh(0) | 0,
        records.timeNsLow(0) | 0,
      );
    };
  }

  #fill(events: number): void {
    this.#wrapper.around(this.#shipped.program).testRun({ data: frames.syn, repeat: events });
  }

  /** Events a second. */
  rate(events: number): number {
    let ms = 0;
    let seen = 0;
    while (seen < events) {
      this.#fill(Math.min(RING_FILL, events));
      const start = cpuMs();
      seen += this.#shipped.drain(this.#visit);
      ms += cpuMs() - start;
      this.#detector.takeScans();
    }
    return (seen / ms) * 1_000;
  }

  /** Bytes that an event leaves on the heap. */
  garbage(tries: number): number {
    const one = (): number => {
      this.#fill(FEW);
      const before = process.memoryUsage().heapUsed;
      const events = this.#shipped.drain(this.#visit);
      return (process.memoryUsage().heapUsed - before) / events;
    };
    return median(Array.from({ length: tries }, one));
  }
}

export const ring: Group = {
  name: 'ring',
  async run(scale, progress) {
    using stack = new Owned();
    const events = scale.quick ? 1_000 : 5 * RING_FILL;
    const paths = SOURCES.map((sources) => ({ sources, path: new Path(sources, stack) }));
    const figures = await interleave(
      paths.flatMap(({ sources, path }) => [
        { name: `rate ${sources}`, run: () => path.rate(events) },
        { name: `garbage ${sources}`, run: () => path.garbage(scale.quick ? 1 : 9) },
      ]),
      scale.rounds,
      progress,
    );
    return {
      name: 'ring',
      title: 'Ring to detector, in one Node thread',
      unit: 'as the columns say',
      columns: ['events a second of CPU time', 'bytes left on the heap by an event'],
      rows: SOURCES.map((sources) => ({
        label: `${sources.toLocaleString('en')} ${sources === 1 ? 'source, a new port each' : 'sources at random'}`,
        cells: [
          { summary: summarise(figures.get(`rate ${sources}`)!), aim: { atLeast: 1_000_000 } },
          { summary: summarise(figures.get(`garbage ${sources}`)!) },
        ],
      })),
      notes: [
        `Records by the shipped program in user mode, ${RING_FILL.toLocaleString('en')} at a time, read in place by mmap, through the codec's cursor into the detector (room for 65,536 sources; for 1,000,000 in the last row). Filling is not in the figure.`,
        `Bytes: growth of the V8 heap over ${FEW.toLocaleString('en')} events.`,
      ],
    };
  },
};
