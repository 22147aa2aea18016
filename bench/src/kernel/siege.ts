import { SECRET_WORDS } from '@scanward/map-codec';
import { ALL_ACCOUNTED, FloodedProgram, type Hidden, hideScanners, kernelBytes, TestProgram } from '@scanward/testkit';
import { getRandomValues } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

/** Hidden in each measurement. */
export const SCANNERS = 120;
/** Room in the blocklist, as by default. */
export const MAX_BLOCKS = 65_536;
const SYN_LINES = 32_768;
const WINDOW_MS = 60_000;
/** A pool never fills large tables: that each of its sources has come so often, and some are scanners, is as bad as it gets. */
const PORTS_OF_A_POOL = 4;

export interface SiegeOptions {
  /** Sets of four sources. */
  readonly sourceSets: number;
  /** Lines of seven sources with one port so far. */
  readonly singleLines: number;
  /** How many addresses the flood is drawn from. */
  readonly sources: number;
}

/** One program in a flood, its tables full of that before anything is measured; each measurement hides other scanners. */
export class Siege implements Disposable {
  readonly #program: TestProgram;
  readonly #flooded: FloodedProgram;
  readonly measured: Hidden[] = [];

  constructor({ sourceSets, singleLines, sources }: SiegeOptions) {
    const secret = [...getRandomValues(new BigUint64Array(SECRET_WORDS))];
    const sizes = { sourceSets, singleLines, synLines: SYN_LINES, maxBlocks: MAX_BLOCKS };
    this.#program = TestProgram.load({ ...sizes, secret, clock: 'kernel' });
    this.#flooded = new FloodedProgram(this.#program, { sources });
    this.#flooded.flood(Math.min(4 * sourceSets + 7 * singleLines, PORTS_OF_A_POOL * sources));
  }

  /** What holds sources. */
  get megabytes(): number {
    return (kernelBytes(this.#program.map('sources')) + kernelBytes(this.#program.map('singles'))) / 1e6;
  }

  /** Sources that the flood had blocked, none of which scanned. */
  get forgedBlocks(): number {
    return Number(this.#program.counters().blocksMade) - this.measured.reduce((sum, { shutOut }) => sum + shutOut, 0);
  }

  /** A figure of a run that lost something silently, or was longer than the window, would be worse than none. */
  measure(floodPerProbe: number): Hidden {
    const start = performance.now();
    const first = SCANNERS * this.measured.length;
    const hidden = hideScanners(this.#flooded, { scanners: SCANNERS, first, floodPerProbe });
    const ms = performance.now() - start;
    if (ms > WINDOW_MS) throw new Error(`a flood of ${floodPerProbe} a probe took ${ms} ms, longer than the window`);
    const lost = this.#flooded.unaccounted();
    if (!isDeepStrictEqual(lost, ALL_ACCOUNTED)) throw new Error(`lost and not counted: ${Object.values(lost).join()}`);
    if (hidden.early > 0) throw new Error(`${hidden.early} scanners were found too early`);
    if (hidden.shutOut < hidden.found && this.#program.counters().blocksRefused === 0n)
      throw new Error(`of ${hidden.found} scanners found ${hidden.shutOut} were blocked, though there was room`);
    this.measured.push(hidden);
    return hidden;
  }

  [Symbol.dispose](): void {
    this.#flooded[Symbol.dispose]();
    this.#program.close();
  }
}
