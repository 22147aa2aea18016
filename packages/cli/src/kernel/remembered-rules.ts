import type { AllowEntry } from '@scanward/daemon';
import type { BpfMap } from '@scanward/loader-native';
import type { Codecs } from '@scanward/map-codec';
import { arrayKey } from './array-key.ts';
import type { Stores } from './stores.ts';

/** Remembers policy and allowlist; the function brings them back. */
export function rememberRules({ allow }: Pick<Stores, 'allow'>, policy: BpfMap, codec: Codecs): () => void {
  const key = arrayKey(0, codec.policy.endian);
  const rules = policy.get(key);
  const allowed = [...allow.entries()];
  return () => {
    if (rules) policy.set(key, rules);
    const keyOf = ({ address, bits }: AllowEntry) => `${address.join()}/${bits}`;
    const wanted = new Map(allowed.map((entry) => [keyOf(entry), entry]));
    for (const entry of [...allow.entries()]) {
      const before = wanted.get(keyOf(entry));
      if (!before) allow.remove(entry);
      else if (before.reason === entry.reason) wanted.delete(keyOf(entry));
    }
    for (const entry of wanted.values()) allow.add(entry);
  };
}
