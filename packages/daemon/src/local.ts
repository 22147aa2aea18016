import { formatAddress } from './addresses.ts';
import type { AllowEntry, LocalStore } from './ports.ts';

/** Makes the program's list of own addresses what the network says; those stand in the allowlist as `own`. */
export function reconcileLocal(store: LocalStore, allow: readonly AllowEntry[]): void {
  const own = allow.filter(({ reason }) => reason === 'own').map(({ address }) => address);
  const wanted = new Map(own.map((address) => [formatAddress(address), address]));
  for (const address of [...store.entries()]) {
    if (!wanted.delete(formatAddress(address))) store.remove(address);
  }
  for (const address of wanted.values()) store.add(address);
}
