import { blockKey } from './block-table.ts';
import { ListedPrefixes } from './listed-prefixes.ts';
import type { AllowEntry, BlockEntry, BulkAllowStore, BulkBlockStore, Clock } from './ports.ts';

/** What became of a list. */
export interface Applied {
  readonly added: number;
  readonly removed: number;
  /** They found no room. */
  readonly refused: number;
}

/** Entries of the allowlist that lists may take. */
export const ALLOW_ROOM = 65_536;

/** Entries between two yields: so many take some milliseconds. */
const SLICE = 2_048;

/**
 * Blocks what a list says, for ever, and lifts what it says no more; in slices, so that others have their turn: each yield
 * tells how many were dealt with. What an operator has blocked for ever stays his; blocks that would end are taken over.
 *
 * @param wanted is emptied
 */
export function* applyBlockList(
  wanted: ListedPrefixes,
  { blocks, clock }: { readonly blocks: BulkBlockStore; readonly clock: Pick<Clock, 'monotonicNs'> },
): Generator<number, Applied> {
  const gone: BlockEntry[] = [];
  // One that moves meanwhile may come twice.
  const seen = new ListedPrefixes();
  let done = 0;
  for (const entry of blocks.entries()) {
    const prefix = { address: entry.source, bits: entry.bits };
    if (entry.reason === 'operator' && entry.expiryNs === 0n) take(wanted, entry);
    if (entry.reason === 'list' && !seen.has(prefix)) {
      seen.add(prefix);
      if (!take(wanted, entry)) gone.push(entry);
    }
    if (++done % SLICE === 0) yield done;
  }
  for (const slice of slices(gone)) {
    blocks.removeAll(slice);
    yield (done += slice.length);
  }
  let [added, refused] = [0, 0];
  const block = { startNs: clock.monotonicNs(), expiryNs: 0n, reason: 'list' } as const;
  for (const slice of slices(wanted)) {
    const count = blocks.addAll(slice.map((prefix) => ({ ...blockKey(prefix), ...block })));
    added += count;
    refused += slice.length - count;
    yield (done += slice.length);
  }
  return { added, removed: gone.length, refused };
}

function take(wanted: ListedPrefixes, { source, bits, isNet }: BlockEntry): boolean {
  const prefix = { address: source, bits };
  return isNet === blockKey(prefix).isNet && wanted.delete(prefix);
}

/**
 * The same of the allowlist. Who is allowed otherwise already stays so.
 *
 * @param room that lists may take: the host's own addresses, gateways and resolvers need some, too
 */
export function* applyAllowList(
  wanted: ListedPrefixes,
  allow: BulkAllowStore,
  room = ALLOW_ROOM,
): Generator<number, Applied> {
  const gone: AllowEntry[] = [];
  const seen = new ListedPrefixes();
  let [done, kept] = [0, 0];
  for (const entry of allow.entries()) {
    if (entry.reason !== 'list') wanted.delete(entry);
    else if (!seen.has(entry)) {
      seen.add(entry);
      if (wanted.delete(entry)) kept++;
      else gone.push(entry);
    }
    if (++done % SLICE === 0) yield done;
  }
  for (const entry of gone) {
    allow.remove(entry);
    if (++done % SLICE === 0) yield done;
  }
  let [added, refused] = [0, 0];
  for (const slice of slices(wanted)) {
    const fitting = slice.slice(0, Math.max(0, room - kept - added));
    const count = allow.addAll(fitting.map((prefix) => ({ ...prefix, reason: 'list' })));
    added += count;
    refused += slice.length - count;
    yield (done += slice.length);
  }
  return { added, removed: gone.length, refused };
}

function* slices<T>(all: Iterable<T>): Generator<T[]> {
  let slice: T[] = [];
  for (const each of all) {
    slice.push(each);
    if (slice.length < SLICE) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}
