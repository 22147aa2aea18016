import { maskAddress } from './addresses.ts';
import { findBlock, removeBlock } from './block-table.ts';
import { beganBefore, beganTogether, hasExpired } from './block-time.ts';
import type { Blocklist, KnownBlock } from './blocklist.ts';
import { Notes } from './notes.ts';
import type { BlockEntry, BlockStore, Clock, NoteStore, Prefix, SourceStore } from './ports.ts';
import type { ScanRecord } from './records.ts';
import { Renewals } from './renewals.ts';

export interface BlockingPorts {
  readonly blocks: BlockStore;
  readonly notes: NoteStore;
  readonly sources: SourceStore;
  readonly clock: Clock;
}

export interface BlockingOptions {
  /** Tells all that waits in the rings, so that it is known before anything is decided. */
  readonly drain: () => void;
  /** Finds the scanners that the program leaves to the daemon, and blocks them. */
  readonly decide: () => void;
  /** The detectors forget a source too. */
  readonly forget: (source: Uint8Array) => void;
}

/** The blocking watcher: ends blocks, holds the told blocks against the program's, and in user mode decides. */
export class Blocking {
  readonly #ports: BlockingPorts;
  readonly #list: Blocklist;
  readonly #notes: Notes;
  readonly #options: BlockingOptions;
  readonly #renewals = new Renewals();
  #sources: number | undefined;

  constructor(ports: BlockingPorts, list: Blocklist, options: BlockingOptions) {
    this.#ports = ports;
    this.#list = list;
    this.#notes = new Notes(ports.notes, ports.blocks, list);
    this.#options = options;
  }

  /** Sources in the program's table, at the last tick; undefined: there was none yet. */
  get sources(): number | undefined {
    return this.#sources;
  }

  /** What is blocked since before this daemon is known and not told; returns how many there are. */
  take(): number {
    for (const entry of this.#ports.blocks.entries()) if (entry.reason !== 'list') this.#list.take(entry);
    return this.#list.size;
  }

  /** One tick. */
  pass(): void {
    this.#hold(this.#options.decide);
    this.#notes.sweep();
    this.#sources = this.#ports.sources.sweep();
  }

  /** A command changed the blocklist. */
  notice(): void {
    this.#hold();
  }

  /** Ends the blocks that have run out. */
  expire(): void {
    const nowNs = this.#nowNs();
    this.#options.drain();
    this.#end(nowNs);
  }

  /** Lifts the blocks of sources that are allowed since they were blocked. */
  liftAllowed(covers: (prefix: Prefix) => boolean): void {
    for (const block of this.#list) {
      if (covers({ address: block.source, bits: block.bits })) this.#lift(block);
    }
  }

  /** The program has reported a scan. */
  scanned(scan: ScanRecord): void {
    if (!scan.blocked) return;
    const block: KnownBlock = {
      ...{ source: maskAddress(scan.source, scan.sourceBits), bits: scan.sourceBits, isNet: false },
      ...{ startNs: scan.timeNs, expiryNs: scan.expiryNs, reason: 'scan' },
    };
    this.#list.begin(block);
    if (this.#isThere(block)) this.#notes.write({ address: block.source, bits: block.bits }, scan.ports);
  }

  /** Whether the block that was reported is still that of its source: a command may have lifted it before this was read. */
  #isThere(block: KnownBlock): boolean {
    const entry = this.#ports.blocks.get(block.source);
    if (entry) return beganTogether(entry, block);
    const isLost = this.#renewals.isOne(block.source, block.startNs) && !hasExpired(block, this.#nowNs());
    return isLost && this.#ports.blocks.add(block.source, block.bits, block);
  }

  #hold(decide?: () => void): void {
    // Taken before the rings are drained: what is blocked from now on is told by its own record.
    const nowNs = this.#nowNs();
    this.#options.drain();
    decide?.();
    this.#reconcile(nowNs);
    this.#end(nowNs);
  }

  /** A million blocks are listed here, so nothing of them is kept. */
  #reconcile(nowNs: bigint): void {
    this.#list.look();
    for (const entry of this.#ports.blocks.entries()) {
      const isKnown = this.#list.see(entry);
      // The record of a scan may still be on its way.
      if (!isKnown && (entry.reason === 'operator' || beganBefore(entry, nowNs))) this.#list.begin(entry);
    }
    for (const block of this.#list.unseen()) {
      const found = findBlock(this.#ports.blocks, block);
      if (found?.reason === 'list') this.#list.takenOver(block, nowNs);
      if (found) continue;
      this.#forget(block);
      this.#over(block, hasExpired(block, nowNs) ? block.expiryNs : nowNs);
    }
  }

  #end(nowNs: bigint): void {
    this.#renewals.clear();
    for (const block of this.#list.expired(nowNs)) {
      const entry = findBlock(this.#ports.blocks, block);
      // Renewed since: told by the scan's record, or by the next reconciliation.
      if (entry && !hasExpired(entry, nowNs)) continue;
      this.#delete(block);
      if (!block.isNet) this.#renewals.deleted(block.source, block.expiryNs, this.#nowNs());
      this.#over(block, block.expiryNs, entry);
    }
  }

  #lift(block: KnownBlock): void {
    const entry = findBlock(this.#ports.blocks, block);
    this.#delete(block);
    this.#over(block, this.#nowNs(), entry);
  }

  #over(block: KnownBlock, timeNs: bigint, last?: BlockEntry): void {
    this.#list.end(block, timeNs, last);
    this.#notes.drop({ address: block.source, bits: block.bits });
  }

  /** The source is forgotten first: its old probes must not block it again as soon as the block is gone. */
  #delete(block: KnownBlock): void {
    this.#forget(block);
    removeBlock(this.#ports.blocks, block);
  }

  #forget({ source, isNet }: KnownBlock): void {
    if (isNet) return;
    this.#ports.sources.forget(source);
    this.#options.forget(source);
  }

  #nowNs(): bigint {
    return this.#ports.clock.monotonicNs();
  }
}
