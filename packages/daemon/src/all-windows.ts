import type { Crowd, Detector, DistributedScan, Policy, SlowScans, Sweeps } from '@scanward/detector';
import type { Source } from '@scanward/map-codec';
import type { DetectedScan, ScanDetector } from './deciding.ts';
import type { PolicyOptions } from './policy.ts';
import { TICK_NS } from './records.ts';

export interface Detectors {
  /** Undefined in kernel mode, where the program itself counts the ports of its window. */
  readonly detector: Detector | undefined;
  readonly slow: SlowScans;
  readonly sweeps: Sweeps;
  readonly crowd: Crowd;
}

/** What a reload may change of the longer windows. */
export type Limits = Pick<PolicyOptions, 'threshold' | 'windowLimits' | 'addressLimit' | 'distributedLimit'>;

/** The detector of user mode, where there is one, and all that looks further than its window: one detector to the watcher. */
export class AllWindows implements ScanDetector {
  readonly #of: Detectors;
  /** A scan that touched more addresses of ours than this is a block. */
  #blockAddresses = 1;

  constructor(detectors: Detectors, limits: Limits) {
    this.#of = detectors;
    this.setLimits(limits);
  }

  /** Whether what the program remembers says more. */
  get merges(): boolean {
    return this.#of.detector !== undefined;
  }

  connectionAt(
    bytes: Uint8Array,
    sourceOffset: number,
    destinationOffset: number,
    port: number,
    timeHigh: number,
    timeLow: number,
  ): void {
    const { detector, slow, sweeps, crowd } = this.#of;
    detector?.connectionAt(bytes, sourceOffset, destinationOffset, port, timeHigh, timeLow);
    const ticks = ((timeHigh >>> 0) * 2 ** 32 + (timeLow >>> 0)) / TICK_NS;
    slow.probe(bytes, sourceOffset, destinationOffset, port, ticks);
    sweeps.probe(bytes, sourceOffset, destinationOffset, port, ticks);
    crowd.probe(bytes, sourceOffset, port, ticks);
  }

  listens(port: number, timeNs: number): void {
    this.#of.crowd.listens(port, timeNs / TICK_NS);
  }

  merge(slot: Source, lost: number): void {
    this.#of.detector?.merge(slot, lost);
  }

  /** Fast ones first: of a source that is both, that is the report. */
  takeScans(): readonly DetectedScan[] {
    const { detector, slow, sweeps } = this.#of;
    const fast = detector?.takeScans() ?? [];
    return [
      ...fast.map((scan) => ({ ...scan, ...this.extent(scan.address, scan.destination, scan.timeTicks) })),
      ...slow.takeScans().map((scan) => {
        const extent = this.extent(scan.address, scan.destination, scan.timeTicks);
        return { ...scan, ...extent, shape: extent.shape === 'block' ? extent.shape : ('slow' as const) };
      }),
      ...sweeps.takeScans().map((scan) => ({ ...scan, shape: 'horizontal' as const })),
    ];
  }

  extent(address: Uint8Array, destination: Uint8Array, ticks: number): Pick<DetectedScan, 'shape' | 'addressesCount'> {
    const count = this.#of.sweeps.count(address, destination, ticks);
    return count > this.#blockAddresses ? { shape: 'block', addressesCount: count } : { shape: 'vertical' };
  }

  takeDistributed(nowTicks: number): DistributedScan | undefined {
    return this.#of.crowd.look(nowTicks);
  }

  settle(source: Uint8Array, untilNs: bigint): void {
    this.#of.detector?.settle(source, untilNs);
    this.#of.slow.settle(source, untilNs);
    this.#of.sweeps.settle(source, untilNs);
  }

  forget(source: Uint8Array): void {
    this.#of.detector?.forget(source);
    this.#of.slow.forget(source);
    this.#of.sweeps.forget(source);
  }

  sweep(nowTicks: number): void {
    this.#of.detector?.sweep(nowTicks);
  }

  /** From now on these limits; what is remembered stays. */
  setLimits({ threshold, windowLimits = [], addressLimit, distributedLimit }: Limits): void {
    this.#of.slow.setWindows(windowLimits);
    this.#of.sweeps.setWindow(addressLimit);
    this.#of.crowd.setWindow(distributedLimit);
    this.#blockAddresses = Math.max(1, threshold);
  }

  setPolicy(policy: Policy, nowTicks: number): void {
    this.#of.detector?.setPolicy(policy, nowTicks);
    this.#of.slow.setPolicy(policy);
    this.#of.sweeps.setPolicy(policy);
    this.#of.crowd.setPolicy(policy);
  }
}
