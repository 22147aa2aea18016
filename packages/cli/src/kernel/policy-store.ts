import type { PolicyStore } from '@scanward/daemon';
import type { BpfMap } from '@scanward/loader-native';
import type { Codecs, Policy } from '@scanward/map-codec';
import { arrayKey } from './array-key.ts';

/** The `policy` map: what is written takes effect with the next packet. */
export class KernelPolicyStore implements PolicyStore {
  readonly #map: Pick<BpfMap, 'set'>;
  readonly #codecs: Codecs;

  constructor(map: Pick<BpfMap, 'set'>, codecs: Codecs) {
    this.#map = map;
    this.#codecs = codecs;
  }

  write(policy: Policy): void {
    const { policy: codec } = this.#codecs;
    this.#map.set(arrayKey(0, codec.endian), codec.encode(policy));
  }
}
