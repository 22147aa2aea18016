import type { BlockEntry, BlockReasonName, BlockStore } from '@scanward/daemon';
import type { BpfMap } from '@scanward/loader-native';
import { BlockReason, type Block, type Codecs } from '@scanward/map-codec';
import { withRoom } from './errno.ts';

const reasonNames: Readonly<Record<number, BlockReasonName>> = {
  [BlockReason.SCAN]: 'scan',
  [BlockReason.OPERATOR]: 'operator',
};

/** The `blocked` map. */
export class KernelBlockStore implements BlockStore {
  readonly #map: Pick<BpfMap, 'get' | 'set' | 'delete' | 'entries'>;
  readonly #codecs: Codecs;

  constructor(map: Pick<BpfMap, 'get' | 'set' | 'delete' | 'entries'>, codecs: Codecs) {
    this.#map = map;
    this.#codecs = codecs;
  }

  *entries(): Generator<BlockEntry> {
    for (const [source, bytes] of this.#map.entries()) yield this.#entry(source, bytes);
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
