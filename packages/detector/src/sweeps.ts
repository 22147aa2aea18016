import { ADDRESS_BYTES } from './address.ts';
import { Distinct, type DistinctOptions, type WindowLimit } from './distinct.ts';
import { KeyedHash } from './keyed-hash.ts';
import { SCANS_MAX } from './limits.ts';
import type { Policy } from './policy.ts';
import type { Scan } from './scan.ts';

/** A source that touched more than `limit` addresses of ours within `windowS`; `ports` has that of the last probe. */
export interface Sweep extends Scan, WindowLimit {
  /** How many they were. */
  readonly addressesCount: number;
}

export interface SweepsOptions extends Omit<DistinctOptions, 'windows'> {
  readonly window: WindowLimit;
  /** Scans that wait to be taken; default 65,536. */
  readonly scansMax?: number;
  /** Whether the address of 16 bytes at `offset` is own or protected: no other counts. */
  readonly isOurs: (bytes: Uint8Array, offset: number) => boolean;
  /** Whether it is allowed. Asked only of a source over the limit. */
  readonly allowed: (bytes: Uint8Array, offset: number) => boolean;
}

/**
 * Who asks many addresses, each perhaps for one port only. An address is remembered by 16 bits of a keyed hash, so that of 16 addresses
 * two look like one in one case of 500, and nobody can choose them so.
 */
export class Sweeps {
  readonly #addresses: Distinct;
  readonly #hash: KeyedHash;
  readonly #options: SweepsOptions;
  #pending: Sweep[] = [];

  constructor(options: SweepsOptions) {
    this.#options = options;
    this.#addresses = new Distinct({ ...options, windows: [options.window] });
    this.#hash = new KeyedHash(options.sourceKeys);
  }

  /** A probe of a port, at a time in ticks of 1,024 ns; source and destination are the 16 bytes at these offsets. */
  probe(bytes: Uint8Array, sourceOffset: number, destinationOffset: number, port: number, timeTicks: number): void {
    const { isOurs, allowed, scansMax = SCANS_MAX } = this.#options;
    if (!isOurs(bytes, destinationOffset)) return;
    const window = this.#touch(bytes, sourceOffset, destinationOffset, timeTicks);
    if (!window || this.#pending.length >= scansMax || allowed(bytes, sourceOffset)) return;
    this.#pending.push({
      ...{ timeTicks, ...window },
      source: this.#addresses.source.slice(),
      sourceBits: this.#addresses.sourceBits,
      address: bytes.slice(sourceOffset, sourceOffset + ADDRESS_BYTES),
      destination: bytes.slice(destinationOffset, destinationOffset + ADDRESS_BYTES),
      ports: [port],
      addressesCount: this.#addresses.items(window.windowS).length,
    });
    this.#addresses.reported(window.windowS);
  }

  /** How many addresses of ours a source has touched within the window, this one included if it is ours. */
  count(source: Uint8Array, destination: Uint8Array, timeTicks: number): number {
    if (!this.#options.isOurs(destination, 0)) return 0;
    const pair = new Uint8Array(2 * ADDRESS_BYTES);
    pair.set(source);
    pair.set(destination, ADDRESS_BYTES);
    this.#touch(pair, 0, ADDRESS_BYTES, timeTicks);
    return this.#addresses.items(this.#options.window.windowS).length;
  }

  /** The sweeps since the last call, the oldest first. Each source is reported again only after its block or window. */
  takeScans(): Sweep[] {
    return this.#pending.splice(0);
  }

  /** The block of a source ends then; 0n: never. What it touched up to then is void afterwards. */
  settle(source: Uint8Array, untilNs: bigint): void {
    this.#addresses.settle(source, untilNs);
  }

  /** Forgets what a source did; whether there was anything. */
  forget(source: Uint8Array): boolean {
    return this.#addresses.forget(source);
  }

  setPolicy(policy: Policy): void {
    this.#addresses.setPolicy(policy);
  }

  #touch(bytes: Uint8Array, sourceOffset: number, destinationOffset: number, ticks: number): WindowLimit | undefined {
    const item = this.#hash.hash(bytes, destinationOffset) >>> 16;
    return this.#addresses.touch(bytes, sourceOffset, item, ticks);
  }
}
