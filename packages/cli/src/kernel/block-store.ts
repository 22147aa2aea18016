import type { BlockEntry, BlockReasonName, BlockStore } from '@scanward/daemon';
import type { BpfMap } from '@scanward/loader-native';
import { BlockReason, type Block, type Codecs } from '@scanward/map-codec';
import { withRoom } from './errno.ts';

const reasonNames: Readonly<Record<number, BlockReasonName>> = {
  [BlockReason.SCAN]: 'scan',
  [BlockReason.OPERATOR]: 'operator',
};

/** Blocks read by one call: one by one, a full blocklist takes seven times as long. */
const BLOCKS_PER_BATCH = 1_024;
const SOURCE_BYTES = 16;

type BlockedMap = Pick<BpfMap, 'get' | 'set' | 'delete' | 'getBatch'>;

/** The `blocked` map. */
export class KernelBlockStore implements BlockStore {
  readonly #map: BlockedMap;
  readonly #codecs: Codecs;

  constructor(map: BlockedMap, codecs: Codecs) {
    this.#map = map;
    this.#codecs = codecs;
  }

  *entries(): Generator<BlockEntry> {
    const { size } = this.#codecs.block;
    for (const { count, keys, values } of this.#map.getBatch(BLOCKS_PER_BATCH)) {
      for (let i = 0; i < count; i++) {
        const source = keys.slice(i * SOURCE_BYTES, (i + 1) * SOURCE_BYTES);
        yield this.#entry(source, values.subarray(i * size, (i + 1) * size));
      }
    }
  }

  get(source: Uint8Array): BlockEntry | undefined {
    const bytes = this.#map.get(source);
    return bytes && this.#entry(source, bytes);
  }

  add(source: Uint8Array, startNs: bigint, expiryNs: bigint): boolean {
    const block: Block = { startNs, expiryNs, packets: 0n, bytes: 0n, reason: BlockReason.SCAN };
    return withRoom(() => {
      this.#map.set(source, this.#codecs.block.encode(block));
    });
  }

  remove(source: Uint8Array): boolean {
    return this.#map.delete(source);
  }

  #entry(source: Uint8Array, bytes: Uint8Array): BlockEntry {
    const block = this.#codecs.block.decode(bytes);
    return { source, ...block, reason: reasonNames[block.reason] ?? 'operator' };
  }
}
