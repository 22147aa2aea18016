import { type BlockEntry, type BlockNote, type BlockReasonName, contains, type Prefix } from '@scanward/daemon';

/** One condition of `blocks --filter`. */
export type BlockFilter =
  | { readonly what: 'reason'; readonly reason: BlockReasonName }
  /** All of the block lies in the net. */
  | { readonly what: 'net'; readonly net: Prefix }
  /** The port is among those of its scan. */
  | { readonly what: 'port'; readonly port: number };

/** Of filters of one kind any must hold, of the kinds all. */
export function passes(block: BlockEntry, note: BlockNote | undefined, filters: readonly BlockFilter[]): boolean {
  return filters.every(({ what }) => filters.some((filter) => filter.what === what && holds(block, note, filter)));
}

function holds(block: BlockEntry, note: BlockNote | undefined, filter: BlockFilter): boolean {
  switch (filter.what) {
    case 'reason':
      return block.reason === filter.reason;
    case 'net':
      return block.bits >= filter.net.bits && contains(filter.net, block.source);
    case 'port':
      return note?.ports.includes(filter.port) ?? false;
  }
}
