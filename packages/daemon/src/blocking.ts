import { addressKey, maskAddress } from './addresses.ts';
import { beganBefore, hasExpired } from './blocklist.ts';
import type { Blocklist, KnownBlock } from './blocklist.ts';
import type { BlockEntry, BlockStore, Clock, Prefix, SourceStore } from './ports.ts';
import type { ScanRecord } from './records.ts';

export interface BlockingPorts {
  readonly blocks: BlockStore;
  readonly sources: SourceStore;
  readonly clock: Clock;
}

export interface BlockingOptions {
  /** Tells all that waits in the rings, so that it is known before anything is decided. */
  readonly drain: () => void;
  /** How much of a source in the blocklist is the source. */
  readonly sourceBits: (source: Uint8Array) => number;
  /** User mode: finds the scanners and blocks them. */
  readonly decide: (() => void) | undefined;
  /** User mode: the detector forgets a source too. */
  readonly forget: ((source: Uint8Array) => void) | undefined;
}

/** The blocking watcher: ends blocks, holds the told blocks against the program's, and in user mode decides. */
export class Blocking {
  readonly #ports: BlockingPorts;
  readonly #list: Blocklist;
  readonly #options: BlockingOptions;

  constructor(ports: BlockingPorts, list: Blocklist, options: BlockingOptions) {
    this.#ports = ports;
    this.#list = list;
    this.#options = options;
  }

  /** One tick. */
  pass(): void {
    // Taken before the rings are drained: what is blocked from now on is told by its own record.
    const nowNs = this.#ports.clock.monotonicNs();
    this.#options.drain();
    this.#options.decide?.();
    this.#reconcile(nowNs);
    this.#end(nowNs);
    this.#ports.sources.sweep();
  }

  /** Ends the blocks that have run out. */
  expire(): void {
    const nowNs = this.#ports.clock.monotonicNs();
    this.#options.drain();
    this.#end(nowNs);
  }

  /** Lifts the blocks of sources that are allowed since they were blocked. */
  liftAllowed(covers: (prefix: Prefix) => boolean): void {
    for (const block of [...this.#list]) {
      if (covers({ address: block.source, bits: block.bits })) this.#lift(block);
    }
  }

  /** The program has reported a scan. */
  scanned(scan: ScanRecord): void {
    if (!scan.blocked) return;
    const source = maskAddress(scan.source, scan.sourceBits);
    const block = {
      source,
      bits: scan.sourceBits,
      startNs: scan.timeNs,
      expiryNs: scan.expiryNs,
      reason: 'scan' as const,
    };
    this.#list.begin(block);
    // The program may have renewed a block at the very moment in which it was deleted as expired.
    if (!hasExpired(block, this.#ports.clock.monotonicNs()) && !this.#ports.blocks.get(source)) {
      this.#ports.blocks.add(source, block.bits, block);
    }
  }

  #reconcile(nowNs: bigint): void {
    const present = new Set<string>();
    for (const entry of this.#ports.blocks.entries()) {
      if (entry.isNet) continue;
      present.add(addressKey(entry.source));
      if (beganBefore(entry, nowNs)) this.#adopt(entry);
    }
    for (const block of [...this.#list]) {
      if (present.has(addressKey(block.source)) || this.#ports.blocks.get(block.source)) continue;
      this.#forget(block);
      this.#list.end(block, hasExpired(block, nowNs) ? block.expiryNs : nowNs);
    }
  }

  #adopt({ source, startNs, expiryNs, reason }: BlockEntry): void {
    this.#list.begin({ source, bits: this.#options.sourceBits(source), startNs, expiryNs, reason });
  }

  #end(nowNs: bigint): void {
    for (const block of this.#list.expired(nowNs)) {
      const entry = this.#ports.blocks.get(block.source);
      // Renewed since: told by the scan's record, or by the next reconciliation.
      if (entry && !hasExpired(entry, nowNs)) continue;
      this.#delete(block);
      this.#list.end(block, block.expiryNs);
    }
  }

  #lift(block: KnownBlock): void {
    this.#delete(block);
    this.#list.end(block, this.#ports.clock.monotonicNs());
  }

  /** The source is forgotten first: its old probes must not block it again as soon as the block is gone. */
  #delete(block: KnownBlock): void {
    this.#forget(block);
    this.#ports.blocks.remove(block.source);
  }

  #forget({ source }: KnownBlock): void {
    this.#ports.sources.forget(source);
    this.#options.forget?.(source);
  }
}
