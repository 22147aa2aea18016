import { ADDRESS_BYTES } from './address.ts';
import { Distinct, type DistinctOptions, type WindowLimit } from './distinct.ts';
import { SCANS_MAX } from './limits.ts';
import type { Policy } from './policy.ts';
import type { Scan } from './scan.ts';

/** A source that touched more than `limit` distinct ports within `windowS`. */
export interface SlowScan extends Scan, WindowLimit {}

export interface SlowScansOptions extends DistinctOptions {
  /** Scans that wait to be taken; default 65,536. While all wait, a source over a limit is asked again at its next probe. */
  readonly scansMax?: number;
  /** Whether the address of 16 bytes at `offset` is allowed. Asked only of a source over a limit. */
  readonly allowed: (bytes: Uint8Array, offset: number) => boolean;
}

/** Windows that are longer than the program remembers; a report is all its garbage. */
export class SlowScans {
  readonly #ports: Distinct;
  readonly #allowed: SlowScansOptions['allowed'];
  readonly #scansMax: number;
  #pending: SlowScan[] = [];

  constructor(options: SlowScansOptions) {
    this.#ports = new Distinct(options);
    this.#allowed = options.allowed;
    this.#scansMax = options.scansMax ?? SCANS_MAX;
  }

  /** A probe of a port, at a time in ticks of 1,024 ns; source and destination are the 16 bytes at these offsets. */
  probe(bytes: Uint8Array, sourceOffset: number, destinationOffset: number, port: number, timeTicks: number): void {
    const window = this.#ports.touch(bytes, sourceOffset, port, timeTicks);
    if (!window || this.#pending.length >= this.#scansMax || this.#allowed(bytes, sourceOffset)) return;
    this.#pending.push({
      ...{ timeTicks, ...window },
      source: this.#ports.source.slice(),
      sourceBits: this.#ports.sourceBits,
      address: bytes.slice(sourceOffset, sourceOffset + ADDRESS_BYTES),
      destination: bytes.slice(destinationOffset, destinationOffset + ADDRESS_BYTES),
      ports: this.#ports.items(window.windowS),
    });
    this.#ports.reported(window.windowS);
  }

  /** The scans since the last call, the oldest first. Each source is reported again only after its block or window. */
  takeScans(): SlowScan[] {
    return this.#pending.splice(0);
  }

  /** The block of a source ends then; 0n: never. What it touched up to then is void afterwards. */
  settle(source: Uint8Array, untilNs: bigint): void {
    this.#ports.settle(source, untilNs);
  }

  /** Forgets what a source did; whether there was anything. */
  forget(source: Uint8Array): boolean {
    return this.#ports.forget(source);
  }

  setPolicy(policy: Policy): void {
    this.#ports.setPolicy(policy);
  }
}
