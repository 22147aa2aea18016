import { maskAddress } from '@scanward/daemon';
import { BpfSyscallError } from '@scanward/loader-native';
import { codecs } from '@scanward/map-codec';
import { FakeMap } from './fake-map.ts';

const ENOSPC = 28;
const { prefixKey } = codecs('little');

/** A trie in memory: who asks for a prefix gets the longest one that holds it. Full, it refuses to replace, as before 6.13. */
export class FakeTrie extends FakeMap {
  readonly #room: number;

  constructor(room = Infinity) {
    super();
    this.#room = room;
  }

  override get(key: Uint8Array): Uint8Array | undefined {
    const { prefixBits, address } = prefixKey.decode(key);
    for (let bits = prefixBits; bits >= 0; bits--) {
      const found = super.get(prefixKey.encode({ prefixBits: bits, address: maskAddress(address, bits) }));
      if (found) return found;
    }
    return undefined;
  }

  override set(key: Uint8Array, value: Uint8Array): void {
    if (this.elements.size >= this.#room) throw new BpfSyscallError('BPF_MAP_UPDATE_ELEM', ENOSPC);
    super.set(key, value);
  }
}
