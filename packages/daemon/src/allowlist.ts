import { addressKey, contains, formatPrefix, maskAddress } from './addresses.ts';
import type { AllowEntry, AllowReasonName, AllowStore, Prefix } from './ports.ts';

/** For people. */
export const ALLOW_REASONS: Readonly<Record<AllowReasonName, string>> = {
  own: 'own address',
  gateway: 'gateway',
  resolver: 'resolver',
  'ssh-peer': 'SSH peer',
  operator: 'operator',
  command: 'command',
};

/** Where several want the same prefix, the first of these names it. */
const PRECEDENCE: readonly AllowReasonName[] = ['operator', 'command', 'own', 'gateway', 'ssh-peer', 'resolver'];

export interface AllowChange {
  readonly change: 'added' | 'removed' | 'refused';
  readonly entry: AllowEntry;
}

/** The allowlist as it should be, and the program's, kept the same. */
export class Allowlist {
  readonly #store: AllowStore;
  #entries: readonly AllowEntry[] = [];

  constructor(store: AllowStore) {
    this.#store = store;
  }

  /** Makes the program's allowlist what is desired, and returns what changed. Never removes what the operator added. */
  reconcile(desired: readonly AllowEntry[]): AllowChange[] {
    const wanted = unique(desired);
    const present = unique(this.#store.entries());
    const changes: AllowChange[] = [];
    for (const [key, entry] of wanted) {
      const old = present.get(key);
      if (old?.reason === entry.reason || old?.reason === 'operator') continue;
      changes.push({ change: this.#store.add(entry) ? 'added' : 'refused', entry });
    }
    for (const [key, entry] of present) {
      if (wanted.has(key) || entry.reason === 'operator') continue;
      this.#store.remove(entry);
      changes.push({ change: 'removed', entry });
    }
    this.#entries = [...this.#store.entries()];
    return changes;
  }

  /** Whether a packet's source address is allowed; valid since the last reconcile. */
  allows(address: Uint8Array, offset = 0): boolean {
    return this.#entries.some((entry) => contains(entry, address, offset));
  }

  /** Whether all of the prefix is allowed. */
  covers(prefix: Prefix): boolean {
    return this.#entries.some((entry) => entry.bits <= prefix.bits && contains(entry, prefix.address));
  }
}

/** `192.0.2.0/24 (operator)`. */
export function describeAllow(entry: AllowEntry): string {
  return `${formatPrefix(entry.address, entry.bits)} (${ALLOW_REASONS[entry.reason]})`;
}

function unique(entries: Iterable<AllowEntry>): Map<string, AllowEntry> {
  const found = new Map<string, AllowEntry>();
  for (const { address, bits, reason } of entries) {
    const entry = { address: maskAddress(address, bits), bits, reason };
    const key = `${addressKey(entry.address)}/${bits}`;
    const old = found.get(key);
    if (!old || PRECEDENCE.indexOf(reason) < PRECEDENCE.indexOf(old.reason)) found.set(key, entry);
  }
  return found;
}
