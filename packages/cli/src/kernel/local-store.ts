import type { LocalStore } from '@scanward/daemon';
import type { BpfMap } from '@scanward/loader-native';
import type { Codecs } from '@scanward/map-codec';
import { withRoom } from './errno.ts';

/** What no program asks: why an address is there. There is one reason so far. */
const OWN = 1;

/** The `local` map: a hash of own addresses. */
export class KernelLocalStore implements LocalStore {
  readonly #map: Pick<BpfMap, 'set' | 'delete' | 'keys'>;
  readonly #codecs: Codecs;

  constructor(map: Pick<BpfMap, 'set' | 'delete' | 'keys'>, codecs: Codecs) {
    this.#map = map;
    this.#codecs = codecs;
  }

  *entries(): Generator<Uint8Array> {
    for (const key of this.#map.keys()) yield this.#codecs.addr.decode(key);
  }

  add(address: Uint8Array): boolean {
    return withRoom(() => {
      this.#map.set(address, this.#codecs.local.encode({ kind: OWN }));
    });
  }

  remove(address: Uint8Array): boolean {
    return this.#map.delete(address);
  }
}
