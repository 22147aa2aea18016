import type { BpfMap } from '@scanward/loader-native';
import type { Codecs, Policy } from '@scanward/map-codec';
import type { PolicyReader } from '../commands/instance.ts';
import { arrayKey } from './array-key.ts';

/** Reads the `policy` map, which the daemon has written. */
export class KernelPolicyReader implements PolicyReader {
  readonly #map: Pick<BpfMap, 'get'>;
  readonly #codecs: Codecs;

  constructor(map: Pick<BpfMap, 'get'>, codecs: Codecs) {
    this.#map = map;
    this.#codecs = codecs;
  }

  read(): Policy {
    const { policy: codec } = this.#codecs;
    const bytes = this.#map.get(arrayKey(0, codec.endian));
    if (!bytes) throw new Error('the policy map has no element');
    return codec.decode(bytes);
  }
}
