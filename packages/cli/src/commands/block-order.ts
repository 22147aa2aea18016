import type { BlockEntry } from '@scanward/daemon';

export const BLOCK_ORDERS = ['address', 'since', 'left', 'packets', 'bytes'] as const;
export type BlockOrder = (typeof BLOCK_ORDERS)[number];

type Compare<T> = (a: T, b: T) => number;

const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

const compares: Readonly<Record<BlockOrder, Compare<BlockEntry>>> = {
  address: (a, b) => compareAddresses(a.source, b.source) || a.bits - b.bits,
  since: (a, b) => ascending(b.startNs, a.startNs),
  left: (a, b) => Number(a.expiryNs === 0n) - Number(b.expiryNs === 0n) || ascending(a.expiryNs, b.expiryNs),
  packets: (a, b) => ascending(b.packets, a.packets),
  bytes: (a, b) => ascending(b.bytes, a.bytes),
};

/** Byte by byte, so IPv4 (which is `::ffff:…`) stands before IPv6. */
export function compareAddresses(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < 16; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

/** Addresses ascending; the newest, the soonest to end, the most dropped first. Equals stand by address. */
export function blockOrder(order: BlockOrder, reverse: boolean): Compare<BlockEntry> {
  const compare: Compare<BlockEntry> = (a, b) => compares[order](a, b) || compares.address(a, b);
  return reverse ? (a, b) => compare(b, a) : compare;
}

/** The first `limit` in the order, without keeping many more than those. */
export function firstOf<T>(things: Iterable<T>, compare: Compare<T>, limit = Infinity): T[] {
  const kept: T[] = [];
  for (const thing of things) {
    kept.push(thing);
    if (kept.length >= 2 * limit + 1_024) kept.sort(compare).splice(limit);
  }
  const sorted = kept.sort(compare);
  return sorted.length > limit ? sorted.slice(0, limit) : sorted;
}
