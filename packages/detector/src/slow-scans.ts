import type { WindowLimit } from './distinct.ts';
import { DistinctScans, type DistinctScansOptions } from './distinct-scans.ts';
import type { Scan } from './scan.ts';

/** A source that touched more than `limit` distinct ports within `windowS`. */
export interface SlowScan extends Scan, WindowLimit {}

export type SlowScansOptions = DistinctScansOptions;

/** Windows that are longer than the program remembers. */
export class SlowScans extends DistinctScans<SlowScan> {
  override setWindows(windows: readonly WindowLimit[]): void {
    super.setWindows(windows);
  }

  protected touch(
    bytes: Uint8Array,
    sourceOffset: number,
    _destinationOffset: number,
    port: number,
    timeTicks: number,
  ): WindowLimit | undefined {
    return this.distinct.touch(bytes, sourceOffset, port, timeTicks);
  }

  protected found(scan: Omit<Scan, 'ports'> & WindowLimit, _port: number, ports: readonly number[]): SlowScan {
    return { ...scan, ports };
  }
}
