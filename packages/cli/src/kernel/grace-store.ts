import { contains, type GraceEntry, type GraceStore, type Prefix } from '@scanward/daemon';
import type { BpfMap } from '@scanward/loader-native';
import type { Codecs } from '@scanward/map-codec';
import { InnerPrefixes } from './inner-prefixes.ts';
import { prefixKey, setInTrie } from './trie.ts';

type Trie = Pick<BpfMap, 'get' | 'set' | 'delete' | 'entries'>;

const ADDRESS_BITS = 128;

/**
 * The `graces` map, a trie of prefixes of which the program asks the longest: so none may end before one that holds it. Who
 * sets any does so while nobody else does.
 */
export class KernelGraceStore implements GraceStore {
  readonly #map: Trie;
  readonly #codecs: Codecs;
  readonly #inner = new InnerPrefixes(() => this.entries());

  constructor(map: Trie, codecs: Codecs) {
    this.#map = map;
    this.#codecs = codecs;
  }

  *entries(): Generator<GraceEntry> {
    for (const [key, value] of this.#map.entries()) {
      const { prefixBits, address } = this.#codecs.prefixKey.decode(key);
      yield { address, bits: prefixBits, untilNs: this.#codecs.grace.decode(value).untilNs };
    }
  }

  set(entry: GraceEntry): boolean {
    const aroundNs = this.#untilAround(entry);
    const untilNs = aroundNs > entry.untilNs ? aroundNs : entry.untilNs;
    if (!this.#write({ ...entry, untilNs })) return false;
    this.#inner.add(entry);
    for (const inner of this.#within(entry)) if (inner.untilNs < untilNs) this.#write({ ...inner, untilNs });
    return true;
  }

  remove(prefix: Prefix): boolean {
    return this.#map.delete(prefixKey(prefix, this.#codecs));
  }

  #write(entry: GraceEntry): boolean {
    const { untilNs } = entry;
    return setInTrie(this.#map, prefixKey(entry, this.#codecs), this.#codecs.grace.encode({ untilNs }));
  }

  /** Of the shorter prefixes that hold this one the longest has the time of the last to end. */
  #untilAround({ address, bits }: Prefix): bigint {
    if (bits === 0) return 0n;
    const around = this.#map.get(prefixKey({ address, bits: bits - 1 }, this.#codecs));
    return around ? this.#codecs.grace.decode(around).untilNs : 0n;
  }

  /** The longer prefixes within this one. */
  #within(prefix: Prefix): GraceEntry[] {
    if (prefix.bits === ADDRESS_BITS || !this.#inner.isAround(prefix)) return [];
    return [...this.entries()].filter(({ bits, address }) => bits > prefix.bits && contains(prefix, address));
  }
}
