import type { SourceStore } from '@scanward/daemon';
import { type BpfMap, ElementFlag } from '@scanward/loader-native';
import { type Codecs, COMMAND_SETS_MAX, commandOf, CommandOp, layouts, SOURCES_PER_SET } from '@scanward/map-codec';
import type { SteppedSources } from '../commands/instance.ts';
import type { CommandProgram } from './command-program.ts';

/** Sets read by one call: 256 of them are 320 kB. */
const SETS_PER_BATCH = 256;

type SourceMap = Pick<BpfMap, 'getBatch' | 'maxEntries'>;

/**
 * The `sources` map. It is only read here; what is to change in it is asked of the program `scanward_command`,
 * which is never attached and runs once for each test run.
 */
export class KernelSourceStore implements SourceStore, SteppedSources {
  readonly #map: SourceMap;
  readonly #command: CommandProgram;
  readonly #codecs: Codecs;
  readonly #slotsOffset: number;

  constructor(map: SourceMap, command: CommandProgram, codecs: Codecs) {
    this.#map = map;
    this.#command = command;
    this.#codecs = codecs;
    const set = layouts().find(({ name }) => name === 'source_set');
    this.#slotsOffset = set?.fields.find(({ name }) => name === 'slots')?.offset ?? 0;
  }

  visit(visit: (bytes: Uint8Array, offset: number) => void): void {
    const steps = this.steps(visit);
    while (!steps.next().done);
  }

  *steps(visit: (bytes: Uint8Array, offset: number) => void): Generator<number> {
    const { source, sourceSet } = this.#codecs;
    for (const { count, values } of this.#map.getBatch(SETS_PER_BATCH, ElementFlag.LOCK)) {
      let visited = 0;
      for (let set = 0; set < count; set++) {
        const first = set * sourceSet.size + this.#slotsOffset;
        for (let slot = 0; slot < SOURCES_PER_SET; slot++) {
          const offset = first + slot * source.size;
          if (!holdsSource(values, offset)) continue;
          visit(values, offset);
          visited++;
        }
      }
      yield visited;
    }
  }

  forget(source: Uint8Array): void {
    this.#run(CommandOp.FORGET, 0, 0, source);
  }

  sweep(): number {
    let live = 0;
    for (let first = 0; first < this.#map.maxEntries; first += COMMAND_SETS_MAX) {
      const count = Math.min(COMMAND_SETS_MAX, this.#map.maxEntries - first);
      live += this.#run(CommandOp.SWEEP, first, count, new Uint8Array(16)).live;
    }
    return live;
  }

  #run(op: number, first: number, count: number, source: Uint8Array) {
    const { command } = this.#codecs;
    const data = command.encode(commandOf({ op, first, count, source }));
    return command.decode(this.#command.testRun({ data }).data);
  }
}

/** The source stands first in a slot; all zero is an empty slot. */
function holdsSource(bytes: Uint8Array, offset: number): boolean {
  for (let i = offset; i < offset + 16; i++) if (bytes[i] !== 0) return true;
  return false;
}
