import { beganTogether } from '../block-time.ts';
import type { KnownBlock } from '../blocklist.ts';
import type { ScanLabels } from '../events.ts';
import type { BlockEntry } from '../ports.ts';
import { PortSet } from './port-set.ts';

/** A source has crossed the threshold: of the program's record, or found by the detector. */
export interface Crossing extends ScanLabels {
  readonly timeNs: number;
  /** What is counted and blocked, masked. */
  readonly source: Uint8Array;
  readonly sourceBits: number;
  /** Of the packet that crossed. */
  readonly address: Uint8Array;
  readonly destination: Uint8Array;
  /** Ascending. */
  readonly ports: readonly number[];
  /** Undefined: over all. */
  readonly interface: string | undefined;
  /** When the block that was made of it began; undefined: none is known. */
  readonly blockStartNs: bigint | undefined;
}

type BlockTimes = Pick<KnownBlock, 'startNs' | 'expiryNs'>;
type Tally = Pick<BlockEntry, 'packets' | 'bytes'>;

/** What is known of a scan so far: at most 8 KiB of ports, whatever it does. */
export class ScanInProgress {
  /** That which was told. */
  readonly crossing: Crossing;
  readonly ports = new PortSet();
  /** Ports that no packet is known to have got through to. */
  readonly #unreached = new Set<number>();
  #firstNs: number;
  #lastNs: number;
  #block: BlockTimes | undefined;
  #dropped: Tally = { packets: 0n, bytes: 0n };

  constructor(crossing: Crossing) {
    this.crossing = crossing;
    this.#firstNs = this.#lastNs = crossing.timeNs;
  }

  get firstNs(): number {
    return this.#firstNs;
  }

  get lastNs(): number {
    return this.#lastNs;
  }

  get block(): BlockTimes | undefined {
    return this.#block;
  }

  /** By its block; undefined: it has none. */
  get dropped(): Tally | undefined {
    return this.#block && this.#dropped;
  }

  /** A packet to this port got through. */
  connected(port: number, timeNs: number): void {
    this.ports.add(port);
    this.#unreached.delete(port);
    this.#firstNs = Math.min(this.#firstNs, timeNs);
    this.#lastNs = Math.max(this.#lastNs, timeNs);
  }

  /** The source crossed the threshold, for the first time or again. Of its ports, those of known connections got through. */
  crossed({ ports, timeNs }: Crossing): void {
    for (const port of ports) if (this.ports.add(port)) this.#unreached.add(port);
    this.#lastNs = Math.max(this.#lastNs, timeNs);
  }

  /** It has this block from now on, or still has. */
  blocked(block: BlockTimes): void {
    if (!this.hasBlock(block)) this.#dropped = { packets: 0n, bytes: 0n };
    this.#block = { startNs: block.startNs, expiryNs: block.expiryNs };
  }

  hasBlock(block: { startNs: bigint }): boolean {
    return this.#block !== undefined && beganTogether(this.#block, block);
  }

  /** What its block has dropped by now. Returns whether that is more than before: then it was active until about now. */
  drops({ packets, bytes }: Tally, nowNs: number): boolean {
    if (packets <= this.#dropped.packets) return false;
    this.#dropped = { packets, bytes };
    this.#lastNs = Math.max(this.#lastNs, nowNs);
    return true;
  }

  /** Whether a packet got through to this port. */
  reached(port: number): boolean {
    return this.ports.has(port) && !this.#unreached.has(port);
  }
}
