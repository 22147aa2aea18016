import type { Detector, Policy, SlowScans } from '@scanward/detector';
import type { Source } from '@scanward/map-codec';
import type { DetectedScan, ScanDetector } from './deciding.ts';
import { TICK_NS } from './records.ts';

/** The detector of user mode, where there is one, and the windows that are longer than its own: one detector to the watcher. */
export class AllWindows implements ScanDetector {
  /** Undefined in kernel mode, where the program itself counts the ports of its window. */
  readonly #detector: Detector | undefined;
  readonly #slow: SlowScans;

  constructor(detector: Detector | undefined, slow: SlowScans) {
    this.#detector = detector;
    this.#slow = slow;
  }

  /** Whether what the program remembers says more. */
  get merges(): boolean {
    return this.#detector !== undefined;
  }

  connectionAt(
    bytes: Uint8Array,
    sourceOffset: number,
    destinationOffset: number,
    port: number,
    timeHigh: number,
    timeLow: number,
  ): void {
    this.#detector?.connectionAt(bytes, sourceOffset, destinationOffset, port, timeHigh, timeLow);
    const ticks = ((timeHigh >>> 0) * 2 ** 32 + (timeLow >>> 0)) / TICK_NS;
    this.#slow.probe(bytes, sourceOffset, destinationOffset, port, ticks);
  }

  merge(slot: Source, lost: number): void {
    this.#detector?.merge(slot, lost);
  }

  /** Fast ones first: of a source that is both, that is the report. */
  takeScans(): readonly DetectedScan[] {
    const slow = this.#slow.takeScans().map((scan) => ({ ...scan, shape: 'slow' as const }));
    return [...(this.#detector?.takeScans() ?? []), ...slow];
  }

  settle(source: Uint8Array, untilNs: bigint): void {
    this.#detector?.settle(source, untilNs);
    this.#slow.settle(source, untilNs);
  }

  forget(source: Uint8Array): void {
    this.#detector?.forget(source);
    this.#slow.forget(source);
  }

  sweep(nowTicks: number): void {
    this.#detector?.sweep(nowTicks);
  }

  setPolicy(policy: Policy, nowTicks: number): void {
    this.#detector?.setPolicy(policy, nowTicks);
    this.#slow.setPolicy(policy);
  }
}
