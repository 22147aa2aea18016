import type { AllowEntry, AllowReasonName, BulkAllowStore, Prefix } from '@scanward/daemon';
import type { BpfMap } from '@scanward/loader-native';
import { AllowReason, type Codecs } from '@scanward/map-codec';
import { prefixKey, setInTrie } from './trie.ts';

const reasons: Readonly<Record<AllowReasonName, number>> = {
  own: AllowReason.OWN,
  gateway: AllowReason.GATEWAY,
  resolver: AllowReason.RESOLVER,
  'ssh-peer': AllowReason.SSH_PEER,
  operator: AllowReason.OPERATOR,
  command: AllowReason.COMMAND,
  list: AllowReason.LIST,
};

function reasonName(value: number): AllowReasonName {
  const names = Object.keys(reasons) as AllowReasonName[];
  return names.find((name) => reasons[name] === value) ?? 'operator';
}

/** The `allow` map: a trie of prefixes. */
export class KernelAllowStore implements BulkAllowStore {
  readonly #map: Pick<BpfMap, 'set' | 'delete' | 'entries'>;
  readonly #codecs: Codecs;
  readonly #added: () => void;

  /** @param added called after entries are added: the program holds the blocklist against it */
  constructor(map: Pick<BpfMap, 'set' | 'delete' | 'entries'>, codecs: Codecs, added: () => void) {
    this.#map = map;
    this.#codecs = codecs;
    this.#added = added;
  }

  *entries(): Generator<AllowEntry> {
    for (const [key, value] of this.#map.entries()) {
      const { prefixBits, address } = this.#codecs.prefixKey.decode(key);
      yield { address, bits: prefixBits, reason: reasonName(this.#codecs.allow.decode(value).reason) };
    }
  }

  add(entry: AllowEntry): boolean {
    return this.addAll([entry]) === 1;
  }

  addAll(entries: readonly AllowEntry[]): number {
    const refused = entries.findIndex((entry) => !this.#set(entry));
    const count = refused === -1 ? entries.length : refused;
    if (count > 0) this.#added();
    return count;
  }

  #set(entry: AllowEntry): boolean {
    const value = this.#codecs.allow.encode({ reason: reasons[entry.reason] });
    return setInTrie(this.#map, prefixKey(entry, this.#codecs), value);
  }

  remove(prefix: Prefix): boolean {
    return this.#map.delete(prefixKey(prefix, this.#codecs));
  }
}
