import type { BpfMap } from '@scanward/loader-native';
import { CELLS_PER_LINE, type Codecs, layouts } from '@scanward/map-codec';
import type { SingleCounter } from '../commands/instance.ts';

const LINES_PER_BATCH = 4_096;
/** CELL_TIME_SHIFT of `bpf/lines.bpf.h`: the lower 24 bits of a cell are its time in units of 2^24 ns. */
const CELL_TIME_SHIFT = 24n;
const CELL_TIME_MASK = 0xff_ffff;
/** CLOCKS_APART_UNITS: a cell of the near future is of now. */
const CLOCKS_APART_UNITS = 255;

/** Counts the fresh cells of the `singles` map. */
export class KernelSingleCounter implements SingleCounter {
  readonly #map: Pick<BpfMap, 'getBatch'>;
  readonly #codecs: Codecs;

  constructor(map: Pick<BpfMap, 'getBatch'>, codecs: Codecs) {
    this.#map = map;
    this.#codecs = codecs;
  }

  fresh(nowNs: bigint, windowNs: bigint): number {
    const { endian, size } = this.#codecs.line;
    const isLittle = endian === 'little';
    const first = layouts()
      .find(({ name }) => name === 'line')!
      .fields.find(({ name }) => name === 'cells')!.offset;
    const nowUnits = Number((nowNs >> CELL_TIME_SHIFT) & BigInt(CELL_TIME_MASK));
    const windowUnits = Number(windowNs >> CELL_TIME_SHIFT);
    let fresh = 0;
    for (const { count, values } of this.#map.getBatch(LINES_PER_BATCH)) {
      const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
      for (let line = 0; line < count; line++) {
        for (let cell = 0; cell < CELLS_PER_LINE; cell++) {
          const offset = line * size + first + cell * 8;
          const low = view.getUint32(offset + (isLittle ? 0 : 4), isLittle);
          const high = view.getUint32(offset + (isLittle ? 4 : 0), isLittle);
          // Cells stand in order of use: behind an empty one all are empty.
          if (low === 0 && high === 0) break;
          if (ageOf(low, nowUnits) <= windowUnits) fresh++;
        }
      }
    }
    return fresh;
  }
}

function ageOf(cellLow: number, nowUnits: number): number {
  const age = (nowUnits - cellLow) & CELL_TIME_MASK;
  return age <= CELL_TIME_MASK - CLOCKS_APART_UNITS ? age : 0;
}
