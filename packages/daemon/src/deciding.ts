import type { DistributedScan } from '@scanward/detector';
import { codecs, cursor, touchTicks } from '@scanward/map-codec';
import type { Cursor, Endian, Source } from '@scanward/map-codec';
import type { Allowlist } from './allowlist.ts';
import { BlockCap } from './block-cap.ts';
import type { Blocklist } from './blocklist.ts';
import { blockScanner } from './block-scanner.ts';
import type { Graces } from './graces.ts';
import type { Output } from './output.ts';
import type { PolicyOptions } from './policy.ts';
import type { BlockStore, Clock, CounterSource, NoteStore, SourceStore } from './ports.ts';
import { CONNECTION, TICK_NS } from './records.ts';
import type { ConnectionView } from './records.ts';
import type { Scans } from './scans/scans.ts';
import type { Judged, Suspicion } from './suspicion.ts';
import type { WallClock } from './wall-clock.ts';

/** A scanner, as the detector reports it. */
export interface DetectedScan {
  readonly timeTicks: number;
  /** What is counted and blocked. */
  readonly source: Uint8Array;
  readonly sourceBits: number;
  /** Of the packet that crossed the threshold. */
  readonly address: Uint8Array;
  readonly destination: Uint8Array;
  /** Ascending. */
  readonly ports: readonly number[];
  /** Default: vertical. */
  readonly shape?: 'vertical' | 'horizontal' | 'block' | 'slow';
  /** Own and protected addresses that it touched, where they are many. */
  readonly addressesCount?: number;
}

/** What is needed of `Detector` of `@scanward/detector`. */
export interface ScanDetector {
  /** Whether `merge` does anything. */
  readonly merges: boolean;
  /** The time in nanoseconds, in two halves. */
  connectionAt(
    bytes: Uint8Array,
    sourceOffset: number,
    destinationOffset: number,
    port: number,
    timeHigh: number,
    timeLow: number,
  ): void;
  /** `lost`: connections lost when some last were. */
  merge(slot: Source, lost: number): void;
  /** Somebody listens on this port. */
  listens(port: number, timeNs: number): void;
  takeScans(): readonly DetectedScan[];
  /** What many sources did together, if they did. */
  takeDistributed(nowTicks: number): DistributedScan | undefined;
  /** The block of a source ends then; 0: never. */
  settle(source: Uint8Array, untilNs: bigint): void;
  forget(source: Uint8Array): void;
  sweep(nowTicks: number): void;
}

export interface DecidingPorts {
  readonly blocks: BlockStore;
  readonly notes: NoteStore;
  readonly sources: SourceStore;
  readonly counters: CounterSource;
  readonly clock: Clock;
}

/** What the other watchers share. */
export interface Told {
  readonly output: Output;
  readonly wall: WallClock;
  readonly scans: Scans;
  readonly suspicion: Suspicion;
  readonly list: Blocklist;
  readonly allowlist: Allowlist;
  readonly graces: Graces;
}

export interface DecidingOptions {
  readonly endian: Endian;
  readonly policy: Pick<PolicyOptions, 'response' | 'windowMs' | 'maxNewBlocks'>;
  /** Called for each block that the blocklist had no room for. */
  readonly refused: () => void;
  /** Called for each block that was not made because there were so many of late. */
  readonly capped: () => void;
}

/** The program reads its clock a little before it counts a lost record; this is far more than it can take. */
const LATE_TICKS = Math.ceil(1e9 / TICK_NS);

/** The blocking watcher's own decisions: in user mode all of them, in kernel mode those of windows that the program does not know. */
export class Deciding {
  readonly #detector: ScanDetector;
  readonly #ports: DecidingPorts;
  readonly #told: Told;
  readonly #options: DecidingOptions;
  readonly #slot: Cursor<'source'>;
  readonly #cap: BlockCap;
  #blocks = 0;
  #seenLost = 0n;
  /** How many connections were lost when some were last found to be, and when that was. */
  #lost = 0;
  #lostTick = -Infinity;
  /** What was lost of touches before it is merged already. */
  #mergedTick = 0;

  constructor(detector: ScanDetector, ports: DecidingPorts, told: Told, options: DecidingOptions) {
    this.#detector = detector;
    this.#ports = ports;
    this.#told = told;
    this.#options = options;
    this.#slot = cursor(codecs(options.endian).source);
    this.#cap = new BlockCap(() => options.policy.maxNewBlocks);
  }

  /** Blocks written so far. */
  get blocks(): number {
    return this.#blocks;
  }

  /** The program was at work before: what it remembers is merged for a window, though nothing was lost of late. */
  takeOver(): void {
    this.#seenLost = this.#ports.counters.read().connectionsLost;
    this.#lostTick = this.#nowTicks();
  }

  /** A connection, as it is drained. */
  feed(bytes: Uint8Array, offset: number, view: ConnectionView): void {
    const { source, destination } = CONNECTION;
    const [high, low] = [view.timeHigh(), view.timeLow()];
    this.#detector.connectionAt(bytes, offset + source, offset + destination, view.destinationPort(), high, low);
  }

  /** One tick: when records were lost lately, what the program remembers is added, so that they hide no scan; then the scanners are dealt with. */
  decide(): void {
    const nowTicks = this.#nowTicks();
    this.#countLost(nowTicks);
    if (this.#detector.merges && this.#mayBeBehind())
      this.#ports.sources.visit((bytes, offset) => this.#merge(bytes, offset));
    this.#mergedTick = nowTicks - LATE_TICKS;
    for (const scan of this.#takeScans()) {
      const judged = this.#tell(scan);
      if (this.#options.policy.response === 'block') this.#block(scan, judged);
    }
    this.#tellDistributed();
    this.#detector.sweep(this.#nowTicks());
  }

  /** The end: scans since the last tick are told; a block would end with the program. */
  tellLast(): void {
    for (const scan of this.#takeScans()) this.#tell(scan);
    this.#tellDistributed();
  }

  /** Records of before a block may be drained after it; that is still the scan that was told. */
  *#takeScans(): Generator<DetectedScan> {
    for (const scan of this.#detector.takeScans()) {
      if (this.#told.allowlist.allows(scan.address) || this.#told.list.has(scan.source)) continue;
      // Found before it got grace. Afterwards it is to be found anew.
      if (this.#told.graces.holds(scan.address)) this.#detector.forget(scan.source);
      else yield scan;
    }
  }

  #nowTicks(): number {
    return Math.floor(Number(this.#ports.clock.monotonicNs()) / TICK_NS);
  }

  /** Most slots of a large table are quiet: those are not even decoded. */
  #merge(bytes: Uint8Array, offset: number): void {
    const slot = this.#slot.over(bytes, offset, 1);
    if (touchTicks(slot.touchesHigh(0, 0), slot.touchesLow(0, 0)) < this.#mergedTick) return;
    this.#detector.merge(slot.decode(0), this.#lost);
  }

  #countLost(nowTicks: number): void {
    const { connectionsLost } = this.#ports.counters.read();
    if (connectionsLost === this.#seenLost) return;
    this.#lost = Number(connectionsLost - this.#seenLost);
    this.#lostTick = nowTicks;
    this.#seenLost = connectionsLost;
  }

  /**
   * A lost connection may be the first of its source. The program remembers that apart from `sources`, where it shows
   * only when the source touches another port: so what is there is merged for a window longer.
   */
  #mayBeBehind(): boolean {
    return this.#lostTick + (this.#options.policy.windowMs * 1e6) / TICK_NS >= this.#mergedTick;
  }

  #tell({ timeTicks, ...scan }: DetectedScan): Judged {
    const timeNs = timeTicks * TICK_NS;
    const judged = this.#told.suspicion.judge({ ...scan, timeNs });
    const { shape = 'vertical' } = scan;
    this.#told.scans.crossed({
      ...scan,
      shape,
      ...judged.labels,
      timeNs,
      interface: undefined,
      blockStartNs: undefined,
    });
    return judged;
  }

  /** Nobody is blocked for it: each of them may be a client, or forged. */
  #tellDistributed(): void {
    const scan = this.#detector.takeDistributed(this.#nowTicks());
    if (scan) this.#told.scans.distributed(scan, scan.timeTicks * TICK_NS);
  }

  #block(scan: DetectedScan, judged: Judged): void {
    const { source } = scan;
    const startNs = this.#ports.clock.monotonicNs();
    // Who proved himself is blocked all the same: no crowd may hide him.
    if (!judged.isProven && !this.#cap.take(startNs)) {
      this.#detector.forget(source);
      this.#options.capped();
      return;
    }
    const expiryNs = this.#told.suspicion.expiryNs(startNs, judged);
    if (!blockScanner(this.#ports, this.#told.list, scan, { startNs, expiryNs })) {
      // When it goes on scanning it is found, and a block is tried, again.
      this.#detector.forget(source);
      this.#options.refused();
      return;
    }
    this.#blocks++;
    this.#detector.settle(source, expiryNs);
  }
}
