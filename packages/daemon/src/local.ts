import { formatAddress } from './addresses.ts';
import type { LocalStore } from './ports.ts';

/** Makes the program's list of own addresses what the network says. */
export function reconcileLocal(store: LocalStore, own: readonly Uint8Array[]): void {
  const wanted = new Map(own.map((address) => [formatAddress(address), address]));
  for (const address of [...store.entries()]) {
    if (!wanted.delete(formatAddress(address))) store.remove(address);
  }
  for (const address of wanted.values()) store.add(address);
}
