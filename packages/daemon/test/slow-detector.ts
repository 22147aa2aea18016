import { PORTS_MAX } from '@scanward/map-codec';
import type { Source } from '@scanward/map-codec';
import { addressKey } from '../src/addresses.ts';
import type { DetectedScan, ScanDetector } from '../src/deciding.ts';

/** The rule without any cleverness: all touches of each source, whole addresses, no limits. */
export class SlowDetector implements ScanDetector {
  readonly merges = true;
  readonly touches = new Map<string, { source: Uint8Array; destination: Uint8Array; port: number; ticks: number }[]>();
  readonly reported = new Map<string, number>();
  readonly found: DetectedScan[] = [];
  readonly forgotten: string[] = [];
  readonly lost: number[] = [];
  readonly settled: bigint[] = [];
  swept = 0;
  readonly windowTicks: number;
  readonly threshold: number;

  constructor(windowTicks = 58_593_750, threshold = 3) {
    this.windowTicks = windowTicks;
    this.threshold = threshold;
  }

  connectionAt(
    bytes: Uint8Array,
    sourceOffset: number,
    destinationOffset: number,
    port: number,
    timeHigh: number,
    timeLow: number,
  ): void {
    const ticks = (timeHigh >>> 0) * 2 ** 22 + (timeLow >>> 10);
    const source = bytes.slice(sourceOffset, sourceOffset + 16);
    this.#touch(source, bytes.slice(destinationOffset, destinationOffset + 16), port, ticks);
  }

  merge(slot: Source, lost: number): void {
    this.lost.push(lost);
    const touches = slot.touches.filter((touch) => touch !== 0n).reverse();
    if (touches.length > PORTS_MAX) throw new Error('no such slot');
    for (const touch of touches)
      this.#touch(slot.source, slot.destination, Number(touch & 0xffffn), Number(touch >> 16n));
  }

  listens(): void {
    // Of many sources it knows nothing.
  }

  takeDistributed(): undefined {
    return undefined;
  }

  takeScans(): DetectedScan[] {
    return this.found.splice(0);
  }

  settle(source: Uint8Array, untilNs: bigint): void {
    if (source.length !== 16) throw new Error('no source');
    this.settled.push(untilNs);
  }

  forget(source: Uint8Array): void {
    this.forgotten.push(addressKey(source));
    this.touches.delete(addressKey(source));
    this.reported.delete(addressKey(source));
  }

  sweep(): void {
    this.swept++;
  }

  #touch(source: Uint8Array, destination: Uint8Array, port: number, ticks: number): void {
    const key = addressKey(source);
    const all = [...(this.touches.get(key) ?? []), { source, destination, port, ticks }];
    this.touches.set(key, all);
    const fresh = all.filter((touch) => touch.ticks + this.windowTicks > ticks);
    const ports = [...new Set(fresh.map((touch) => touch.port))].sort((a, b) => a - b);
    if (ports.length <= this.threshold || (this.reported.get(key) ?? 0) > ticks) return;
    this.reported.set(key, ticks + this.windowTicks);
    this.found.push({ timeTicks: ticks, source, sourceBits: 128, address: source, destination, ports });
  }
}
