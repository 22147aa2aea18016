import { ADDRESS_BYTES } from './address.ts';
import type { WindowLimit } from './distinct.ts';
import { DistinctScans, type DistinctScansOptions } from './distinct-scans.ts';
import { KeyedHash } from './keyed-hash.ts';
import type { Scan } from './scan.ts';

/** A source that touched more than `limit` addresses of ours within `windowS`; `ports` has that of the last probe. */
export interface Sweep extends Scan, WindowLimit {
  /** How many they were. */
  readonly addressesCount: number;
}

export interface SweepsOptions extends Omit<DistinctScansOptions, 'windows'> {
  /** Undefined: a source may touch any number of them. */
  readonly window: WindowLimit | undefined;
  /** Whether the address of 16 bytes at `offset` is own or protected: no other counts. */
  readonly isOurs: (bytes: Uint8Array, offset: number) => boolean;
}

/**
 * Who asks many addresses, each perhaps for one port only. An address is remembered by 16 bits of a keyed hash, so that of 16 addresses
 * two look like one in one case of 500, and nobody can choose them so.
 */
export class Sweeps extends DistinctScans<Sweep> {
  readonly #hash: KeyedHash;
  readonly #isOurs: SweepsOptions['isOurs'];
  #window: WindowLimit | undefined;

  constructor({ window, isOurs, ...options }: SweepsOptions) {
    super({ ...options, windows: window ? [window] : [] });
    this.#hash = new KeyedHash(options.sourceKeys);
    this.#isOurs = isOurs;
    this.#window = window;
  }

  /** From now on this window; what is remembered stays. */
  setWindow(window: WindowLimit | undefined): void {
    this.#window = window;
    this.setWindows(window ? [window] : []);
  }

  /** How many addresses of ours a source has touched within the window, this one included; 0: this one is not ours, or any number may be touched. */
  count(source: Uint8Array, destination: Uint8Array, timeTicks: number): number {
    if (!this.#window || !this.#isOurs(destination, 0)) return 0;
    const pair = new Uint8Array(2 * ADDRESS_BYTES);
    pair.set(source);
    pair.set(destination, ADDRESS_BYTES);
    this.touch(pair, 0, ADDRESS_BYTES, 0, timeTicks);
    return this.distinct.items(this.#window.windowS).length;
  }

  protected touch(
    bytes: Uint8Array,
    sourceOffset: number,
    destinationOffset: number,
    _port: number,
    timeTicks: number,
  ): WindowLimit | undefined {
    if (!this.#window || !this.#isOurs(bytes, destinationOffset)) return undefined;
    const item = this.#hash.hash(bytes, destinationOffset) >>> 16;
    return this.distinct.touch(bytes, sourceOffset, item, timeTicks);
  }

  protected found(scan: Omit<Scan, 'ports'> & WindowLimit, port: number, addresses: readonly number[]): Sweep {
    return { ...scan, ports: [port], addressesCount: addresses.length };
  }
}
