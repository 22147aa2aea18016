import { blockOrder, compareAddresses } from '../commands/block-order.ts';
import type { BlockRow, SourceRow } from './rows.ts';

export type PaneName = 'sources' | 'blocks';

/** The most ports, the last seen, ascending addresses first. */
export const SOURCE_ORDERS = ['ports', 'seen', 'address'] as const;
export type SourceOrder = (typeof SOURCE_ORDERS)[number];

/** The most packets dropped, the soonest to end, ascending addresses first. */
export const TOP_BLOCK_ORDERS = ['packets', 'left', 'address'] as const;
export type TopBlockOrder = (typeof TOP_BLOCK_ORDERS)[number];

/** By what both tables are sorted. */
export interface Orders {
  readonly sources: { readonly by: SourceOrder; readonly reverse: boolean };
  readonly blocks: { readonly by: TopBlockOrder; readonly reverse: boolean };
}

export const USUAL_ORDERS: Orders = {
  sources: { by: 'ports', reverse: false },
  blocks: { by: 'packets', reverse: false },
};

type Seen = Pick<SourceRow, 'source' | 'ports' | 'seenNs'>;
type Compare<T> = (a: T, b: T) => number;

const byAddress: Compare<Seen> = (a, b) => compareAddresses(a.source, b.source);
const bySeen: Compare<Seen> = (a, b) => Number(b.seenNs - a.seenNs) || byAddress(a, b);
const compares: Readonly<Record<SourceOrder, Compare<Seen>>> = {
  ports: (a, b) => b.ports.length - a.ports.length || bySeen(a, b),
  seen: bySeen,
  address: byAddress,
};

export function sourceOrder({ by, reverse }: Orders['sources']): Compare<Seen> {
  const compare = compares[by];
  return reverse ? (a, b) => compare(b, a) : compare;
}

export function rowOrder({ by, reverse }: Orders['blocks']): Compare<BlockRow> {
  const compare = blockOrder(by, reverse);
  return (a, b) => compare(a.block, b.block);
}
