import type { Clock, GraceStore } from './ports.ts';
import { PrefixMap } from './prefix-map.ts';

/** Who was unblocked by command and cannot be blocked again for a while: the program's table, and a copy for user mode. */
export class Graces {
  readonly #store: GraceStore;
  readonly #clock: Pick<Clock, 'monotonicNs'>;
  #untilNs = new PrefixMap<bigint>();

  constructor(store: GraceStore, clock: Pick<Clock, 'monotonicNs'>) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Reads the program's, and removes those that are over. */
  refresh(): void {
    const nowNs = this.#clock.monotonicNs();
    const entries = [...this.#store.entries()];
    this.#untilNs = new PrefixMap();
    for (const entry of entries) {
      if (entry.untilNs > nowNs) this.#untilNs.set(entry, entry.untilNs);
      else this.#store.remove(entry);
    }
  }

  /** Whether an address is in grace now, as of the last `refresh`. */
  holds(address: Uint8Array, offset = 0): boolean {
    if (this.#untilNs.isEmpty) return false;
    const nowNs = this.#clock.monotonicNs();
    for (const untilNs of this.#untilNs.around(address, offset)) if (untilNs > nowNs) return true;
    return false;
  }
}
