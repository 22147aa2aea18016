import { readObject } from '@scanward/bpf-object';
import {
  type BpfMap,
  type BpfProgram,
  features,
  loadObject,
  type LoadedObject,
  raiseMemlock,
  RingBuffer,
} from '@scanward/loader-native';
import { AllowReason, type Policy, type RunFrame } from '@scanward/map-codec';
import { DEFAULT_POLICY, repositoryFile, shippedClock, TEST_SECRET, u32 } from '@scanward/testkit';
import { readFileSync } from 'node:fs';
import { allowedSource } from './addresses.ts';
import { blockAll, blockOne } from './block-commands.ts';
import { codec, endian } from './codec.ts';

export { codec, endian };

const SOURCE_SETS = 16_384;
const SINGLE_LINES = 131_072;
const SYN_LINES = 32_768;
const BLOCKS_AT_LEAST = 65_536;
const BLOCKS_A_LINE = 2;

export interface ShippedOptions {
  readonly blocks: number;
  readonly allowed: number;
  /** Blocks that there is room for; by default the default of the command, or as many as are needed. */
  readonly maxBlocks?: number;
}

/** The program as it is shipped, with its sizes by default and the real clock; never attached by itself. */
export class Shipped implements Disposable {
  readonly #object: LoadedObject;
  readonly #connections: RingBuffer;
  readonly #scans: RingBuffer;

  constructor({ blocks, allowed, maxBlocks }: ShippedOptions) {
    const spec = readObject(
      readFileSync(repositoryFile(`bpf/prebuilt/scanward.${endian === 'little' ? 'bpfel' : 'bpfeb'}.o`)),
    );
    raiseMemlock();
    // Room for the few that a round blocks itself, and what is kept for the operator.
    const room = maxBlocks ?? Math.max(BLOCKS_AT_LEAST, blocks + 64);
    const lines = Math.ceil(room / BLOCKS_A_LINE);
    this.#object = loadObject(spec, {
      programs: ['scanward', 'scanward_command'],
      constants: {
        clock_kind: shippedClock(),
        has_frags: features().xdpFrags ? 1 : 0,
        source_sets: SOURCE_SETS,
        single_lines: SINGLE_LINES,
        syn_lines: SYN_LINES,
        block_lines: lines,
        max_blocks: room,
        secret: [...TEST_SECRET],
      },
      maxEntries: {
        sources: SOURCE_SETS,
        singles: SINGLE_LINES,
        syns: SYN_LINES,
        blocked_lines: lines,
        blocked: room,
        allow: Math.max(4_096, allowed + 1),
      },
    });
    this.#connections = new RingBuffer(this.map('connections'));
    this.#scans = new RingBuffer(this.map('scans'));
    this.setPolicy({});
    if (blockAll(this.runFrame, 0, blocks) !== blocks) throw new Error(`no room for ${blocks} blocks`);
    for (let i = 0; i < allowed; i++) {
      const key = codec.prefixKey.encode({ prefixBits: 128, address: allowedSource(i) });
      this.map('allow').set(key, codec.allow.encode({ reason: AllowReason.OPERATOR }));
    }
  }

  get program(): BpfProgram {
    return this.#object.programs['scanward']!;
  }

  map(name: string): BpfMap {
    return this.#object.maps[name]!;
  }

  setPolicy(policy: Partial<Policy>): void {
    this.map('policy').set(u32(0), codec.policy.encode({ ...DEFAULT_POLICY, ...policy }));
  }

  /** Runs commands. */
  readonly runFrame: RunFrame = (data) => this.#object.programs['scanward_command']!.testRun({ data }).data;

  /** Blocks one more source, for ever. */
  blockOne(source: Uint8Array): void {
    blockOne(this.runFrame, source);
  }

  /** Empties both rings; how many connections there were. */
  drain(visit: (bytes: Uint8Array, offset: number) => void = () => undefined): number {
    this.#scans.read(() => undefined);
    let records = 0;
    for (let read = -1; read !== 0; records += read) read = this.#connections.read(visit);
    return records;
  }

  close(): void {
    this.#connections.close();
    this.#scans.close();
    this.#object.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
