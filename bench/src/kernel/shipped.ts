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
import { AllowReason, BlockReason, ClockKind, codecs, type Endian, type Policy } from '@scanward/map-codec';
import { DEFAULT_POLICY, repositoryFile, TEST_SECRET, u32 } from '@scanward/testkit';
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { allowedSource, Network, putAddress } from './addresses.ts';

export const endian: Endian = endianness() === 'LE' ? 'little' : 'big';
export const codec = codecs(endian);

const SOURCE_SETS = 16_384;
const SINGLE_LINES = 131_072;
const SYN_LINES = 32_768;
const BLOCKS_AT_LEAST = 65_536;
const BLOCKS_PER_BATCH = 50_000;

export interface ShippedOptions {
  readonly blocks: number;
  readonly allowed: number;
}

/** The program as it is shipped, with its sizes by default and the real clock; never attached by itself. */
export class Shipped implements Disposable {
  readonly #object: LoadedObject;
  readonly #connections: RingBuffer;
  readonly #scans: RingBuffer;

  constructor({ blocks, allowed }: ShippedOptions) {
    const spec = readObject(
      readFileSync(repositoryFile(`bpf/prebuilt/scanward.${endian === 'little' ? 'bpfel' : 'bpfeb'}.o`)),
    );
    raiseMemlock();
    this.#object = loadObject(spec, {
      programs: ['scanward'],
      constants: {
        clock_kind: features().coarseClock ? ClockKind.COARSE : ClockKind.KTIME,
        has_frags: features().xdpFrags ? 1 : 0,
        source_sets: SOURCE_SETS,
        single_lines: SINGLE_LINES,
        syn_lines: SYN_LINES,
        secret: [...TEST_SECRET],
      },
      maxEntries: {
        sources: SOURCE_SETS,
        singles: SINGLE_LINES,
        syns: SYN_LINES,
        // Room for the few that a round blocks itself.
        blocked: Math.max(BLOCKS_AT_LEAST, blocks + 64),
        allow: Math.max(4_096, allowed + 1),
      },
    });
    this.#connections = new RingBuffer(this.map('connections'));
    this.#scans = new RingBuffer(this.map('scans'));
    this.setPolicy({});
    this.#block(blocks);
    for (let i = 0; i < allowed; i++) {
      const key = codec.allowKey.encode({ prefixBits: 128, address: allowedSource(i) });
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

  /** Blocks one more source, for ever. */
  blockOne(source: Uint8Array): void {
    this.map('blocked').set(source, foreverBlock());
  }

  #block(count: number): void {
    for (let first = 0; first < count; first += BLOCKS_PER_BATCH) {
      const { keys, values } = blockBatch(first, Math.min(BLOCKS_PER_BATCH, count - first));
      this.map('blocked').setBatch(keys, values);
    }
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

const foreverBlock = (): Uint8Array =>
  codec.block.encode({ startNs: 1n, expiryNs: 0n, packets: 0n, bytes: 0n, reason: BlockReason.OPERATOR });

/** Keys and values of the blocks number `first` to `first + count`. */
export function blockBatch(first: number, count: number): { keys: Uint8Array; values: Uint8Array } {
  const keys = new Uint8Array(16 * count);
  const view = new DataView(keys.buffer);
  const values = new Uint8Array(codec.block.size * count);
  const value = foreverBlock();
  for (let i = 0; i < count; i++) {
    putAddress(view, 16 * i, Network.blocked, first + i);
    values.set(value, value.length * i);
  }
  return { keys, values };
}
