import { PORTS_MAX } from '@scanward/map-codec';
import type { Blocklist } from './blocklist.ts';
import type { BlockStore, NoteStore, SourceStore } from './ports.ts';

export interface BlockScannerPorts {
  readonly blocks: BlockStore;
  readonly notes: NoteStore;
  readonly sources: SourceStore;
}

export interface Scanner {
  readonly source: Uint8Array;
  readonly sourceBits: number;
  /** Ascending. */
  readonly ports: readonly number[];
}

/**
 * Blocks a scanner by the daemon's own decision, and tells it. The program forgets what he touched, so that he is not blocked
 * anew for the same when the block is over. Returns false when there is no room.
 */
export function blockScanner(
  ports: BlockScannerPorts,
  list: Blocklist,
  { source, sourceBits, ports: touched }: Scanner,
  { startNs, expiryNs }: { readonly startNs: bigint; readonly expiryNs: bigint },
): boolean {
  const made = ports.blocks.add(source, sourceBits, { startNs, expiryNs, reason: 'scan' });
  ports.sources.forget(source);
  if (!made) return false;
  ports.notes.set({ address: source, bits: sourceBits }, { ports: touched.slice(0, PORTS_MAX), text: '' });
  list.begin({ source, bits: sourceBits, isNet: false, startNs, expiryNs, reason: 'scan' });
  return true;
}
