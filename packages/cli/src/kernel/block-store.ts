import {
  type BlockEntry,
  type BlockKey,
  type BlockReasonName,
  type BulkBlockStore,
  type KeyedBlock,
  maskAddress,
  type NewBlock,
  type Prefix,
} from '@scanward/daemon';
import type { BpfMap } from '@scanward/loader-native';
import {
  type Block,
  BlockLines,
  BlockOutcome,
  BlockReason,
  type Codecs,
  CommandFrame,
  commandOf,
  CommandOp,
  COMMANDS_MAX,
  type RunFrame,
} from '@scanward/map-codec';
import { type CommandProgram, frameRunner } from './command-program.ts';

const reasonNames: Readonly<Record<number, BlockReasonName>> = {
  [BlockReason.SCAN]: 'scan',
  [BlockReason.OPERATOR]: 'operator',
  [BlockReason.LIST]: 'list',
};
const reasons: Readonly<Record<BlockReasonName, number>> = {
  scan: BlockReason.SCAN,
  operator: BlockReason.OPERATOR,
  list: BlockReason.LIST,
};

/** Lines and blocks read by one call: one by one, a full blocklist takes seven times as long. */
const PER_BATCH = 1_024;
const SOURCE_BYTES = 16;
/** Lines looked at by one call: some milliseconds. */
const LINES_PER_RECHECK = 65_536;

/** The maps that hold the blocks. */
export interface BlockMaps {
  readonly lines: Pick<BpfMap, 'getBatch' | 'maxEntries'>;
  readonly hash: Pick<BpfMap, 'getBatch'>;
  readonly nets: Pick<BpfMap, 'getBatch'>;
}

/** The blocklist. It is only read here; what is to change in it is asked of the command program. */
export class KernelBlockStore implements BulkBlockStore {
  readonly #maps: BlockMaps;
  readonly #codecs: Codecs;
  readonly #frame: CommandFrame;
  readonly #run: RunFrame;
  readonly #lines: BlockLines;

  constructor(maps: BlockMaps, command: CommandProgram, codecs: Codecs) {
    this.#maps = maps;
    this.#codecs = codecs;
    this.#frame = new CommandFrame(codecs.command.endian);
    this.#run = frameRunner(command);
    this.#lines = new BlockLines(codecs.blockLine.endian);
  }

  /**
   * Lines first: a block moves only from a line to the hash, so that it may come twice but is never missed. A net may be
   * missed when another one is removed meanwhile (before Linux 6.13).
   */
  *entries(): Generator<BlockEntry> {
    for (const { count, values } of this.#maps.lines.getBatch(PER_BATCH)) {
      for (const block of this.#lines.blocks(values, count)) yield entryOf(block.source, block, false);
    }
    const { size } = this.#codecs.block;
    for (const { count, keys, values } of this.#maps.hash.getBatch(PER_BATCH)) {
      for (let i = 0; i < count; i++) {
        const source = keys.slice(i * SOURCE_BYTES, (i + 1) * SOURCE_BYTES);
        yield entryOf(source, this.#codecs.block.decode(values, i * size), false);
      }
    }
    const { size: keySize } = this.#codecs.prefixKey;
    for (const { count, keys, values } of this.#maps.nets.getBatch(PER_BATCH)) {
      for (let i = 0; i < count; i++) {
        const { address } = this.#codecs.prefixKey.decode(keys, i * keySize);
        yield entryOf(address, this.#codecs.block.decode(values, i * size), true);
      }
    }
  }

  get(source: Uint8Array): BlockEntry | undefined {
    return this.#find(source);
  }

  getNet({ address, bits }: Prefix): BlockEntry | undefined {
    return this.#find(maskAddress(address, bits), bits);
  }

  #find(source: Uint8Array, netBits?: number): BlockEntry | undefined {
    this.#frame.clear();
    this.#frame.addFind(source, netBits);
    this.#frame.run(this.#run);
    const { outcome, block } = this.#frame.answer(0);
    return outcome === BlockOutcome.HELD ? entryOf(source, block, netBits !== undefined) : undefined;
  }

  add(source: Uint8Array, bits: number, block: NewBlock): boolean {
    return this.addAll([{ ...block, source, bits, isNet: false }]) === 1;
  }

  addNet({ address, bits }: Prefix, block: NewBlock): boolean {
    return this.addAll([{ ...block, source: address, bits, isNet: true }]) === 1;
  }

  addAll(blocks: readonly KeyedBlock[]): number {
    return this.#all(blocks, BlockOutcome.MADE, ({ source, bits, isNet, ...block }) => {
      this.#frame.addBlock(isNet ? maskAddress(source, bits) : source, blockOf(block, bits), isNet ? bits : undefined);
    });
  }

  remove(source: Uint8Array): boolean {
    return this.removeAll([{ source, bits: 128, isNet: false }]) === 1;
  }

  removeNet({ address, bits }: Prefix): boolean {
    return this.removeAll([{ source: address, bits, isNet: true }]) === 1;
  }

  removeAll(blocks: readonly BlockKey[]): number {
    return this.#all(blocks, BlockOutcome.REMOVED, ({ source, bits, isNet }) => {
      this.#frame.addUnblock(isNet ? maskAddress(source, bits) : source, isNet ? bits : undefined);
    });
  }

  /** As many at once as a frame holds; how many had this outcome. */
  #all<T>(items: readonly T[], wanted: BlockOutcome, add: (item: T) => void): number {
    let count = 0;
    for (let first = 0; first < items.length; first += COMMANDS_MAX) {
      this.#frame.clear();
      for (const item of items.slice(first, first + COMMANDS_MAX)) add(item);
      this.#frame.run(this.#run);
      for (let i = 0; i < this.#frame.count; i++) if (this.#frame.outcome(i) === wanted) count++;
    }
    return count;
  }

  /** To be called when somebody was allowed: packets whose source is in a cell do not ask the allowlist. */
  recheck(): void {
    const { maxEntries } = this.#maps.lines;
    for (let first = 0; first < maxEntries; first += LINES_PER_RECHECK) {
      const count = Math.min(LINES_PER_RECHECK, maxEntries - first);
      this.#frame.clear();
      this.#frame.add(commandOf({ op: CommandOp.RECHECK, first, count }));
      this.#frame.run(this.#run);
    }
  }
}

function blockOf({ startNs, expiryNs, reason, packets = 0n, bytes = 0n }: NewBlock, bits: number): Block {
  return { startNs, expiryNs, packets, bytes, reason: reasons[reason], bits };
}

function entryOf(source: Uint8Array, block: Block, isNet: boolean): BlockEntry {
  const { startNs, expiryNs, packets, bytes, bits } = block;
  return { source, bits, startNs, expiryNs, reason: reasonNames[block.reason] ?? 'operator', packets, bytes, isNet };
}
