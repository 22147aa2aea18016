import { maskAddress, type Prefix } from '@scanward/daemon';
import type { BpfMap } from '@scanward/loader-native';
import type { Codecs } from '@scanward/map-codec';
import { withRoom } from './errno.ts';

/** The key of a prefix; bits behind it are zero. */
export function prefixKey({ address, bits }: Prefix, { prefixKey: codec }: Codecs): Uint8Array {
  return codec.encode({ prefixBits: bits, address: maskAddress(address, bits) });
}

/** Inserts or replaces; `false` if there is no room. A full trie of kernels before 6.13 refuses even to replace. */
export function setInTrie(map: Pick<BpfMap, 'set' | 'delete'>, key: Uint8Array, value: Uint8Array): boolean {
  const set = (): boolean => {
    return withRoom(() => {
      map.set(key, value);
    });
  };
  return set() || (map.delete(key) && set());
}
