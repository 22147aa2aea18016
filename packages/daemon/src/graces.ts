import { addressKey, maskAddress } from './addresses.ts';
import type { Clock, GraceEntry, GraceStore } from './ports.ts';

/** Who was unblocked by command and cannot be blocked again for a while: the program's table, and a copy for user mode. */
export class Graces {
  readonly #store: GraceStore;
  readonly #clock: Pick<Clock, 'monotonicNs'>;
  /** By length, then by prefix: until when. */
  #untilNs = new Map<number, Map<string, bigint>>();

  constructor(store: GraceStore, clock: Pick<Clock, 'monotonicNs'>) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Reads the program's, and removes those that are over. */
  refresh(): void {
    const nowNs = this.#clock.monotonicNs();
    const entries = [...this.#store.entries()];
    this.#untilNs = new Map();
    for (const entry of entries) {
      if (entry.untilNs > nowNs) this.#note(entry);
      else this.#store.remove(entry);
    }
  }

  /** Whether an address is in grace now, as of the last `refresh`. */
  holds(address: Uint8Array, offset = 0): boolean {
    if (this.#untilNs.size === 0) return false;
    const nowNs = this.#clock.monotonicNs();
    const whole = address.subarray(offset, offset + 16);
    for (const [bits, group] of this.#untilNs) {
      if ((group.get(addressKey(maskAddress(whole, bits))) ?? 0n) > nowNs) return true;
    }
    return false;
  }

  #note({ address, bits, untilNs }: GraceEntry): void {
    const group = this.#untilNs.get(bits) ?? new Map<string, bigint>();
    this.#untilNs.set(bits, group.set(addressKey(maskAddress(address, bits)), untilNs));
  }
}
