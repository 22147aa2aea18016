import { ADDRESS_BYTES } from './address.ts';
import { Distinct, type DistinctOptions, type WindowLimit } from './distinct.ts';
import { SCANS_MAX } from './limits.ts';
import type { Policy } from './policy.ts';
import type { Scan } from './scan.ts';

export interface DistinctScansOptions extends DistinctOptions {
  /** Scans that wait to be taken; default 65,536. While all wait, a source over a limit is asked again at its next probe. */
  readonly scansMax?: number;
  /** Whether the address of 16 bytes at `offset` is allowed. Asked only of a source over a limit. */
  readonly allowed: (bytes: Uint8Array, offset: number) => boolean;
}

/** Sources that touched more distinct items than a window allows; a report is all its garbage. */
export abstract class DistinctScans<Found extends Scan & WindowLimit> {
  protected readonly distinct: Distinct;
  readonly #allowed: DistinctScansOptions['allowed'];
  readonly #scansMax: number;
  #pending: Found[] = [];

  constructor(options: DistinctScansOptions) {
    this.distinct = new Distinct(options);
    this.#allowed = options.allowed;
    this.#scansMax = options.scansMax ?? SCANS_MAX;
  }

  /** A probe of a port, at a time in ticks of 1,024 ns; source and destination are the 16 bytes at these offsets. */
  probe(bytes: Uint8Array, sourceOffset: number, destinationOffset: number, port: number, timeTicks: number): void {
    const window = this.touch(bytes, sourceOffset, destinationOffset, port, timeTicks);
    if (!window || this.#pending.length >= this.#scansMax || this.#allowed(bytes, sourceOffset)) return;
    const { distinct } = this;
    const scan = {
      ...{ timeTicks, ...window },
      source: distinct.source.slice(),
      sourceBits: distinct.sourceBits,
      address: bytes.slice(sourceOffset, sourceOffset + ADDRESS_BYTES),
      destination: bytes.slice(destinationOffset, destinationOffset + ADDRESS_BYTES),
    };
    this.#pending.push(this.found(scan, port, distinct.items(window.windowS)));
    distinct.reported(window.windowS);
  }

  /** Touches the item that counts; the window whose limit the source is over. */
  protected abstract touch(
    bytes: Uint8Array,
    sourceOffset: number,
    destinationOffset: number,
    port: number,
    timeTicks: number,
  ): WindowLimit | undefined;

  /** What is reported of it. */
  protected abstract found(scan: Omit<Scan, 'ports'> & WindowLimit, port: number, items: readonly number[]): Found;

  /** The scans since the last call, the oldest first. Each source is reported again only after its block or window. */
  takeScans(): Found[] {
    return this.#pending.splice(0);
  }

  /** The block of a source ends then; 0n: never. What it touched up to then is void afterwards. */
  settle(source: Uint8Array, untilNs: bigint): void {
    this.distinct.settle(source, untilNs);
  }

  /** Forgets what a source did; whether there was anything. */
  forget(source: Uint8Array): boolean {
    return this.distinct.forget(source);
  }

  /** From now on these windows; what is remembered stays. */
  protected setWindows(windows: readonly WindowLimit[]): void {
    this.distinct.setWindows(windows);
  }

  setPolicy(policy: Policy): void {
    this.distinct.setPolicy(policy);
  }
}
