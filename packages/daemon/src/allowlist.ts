import { addressKey, formatPrefix, maskAddress } from './addresses.ts';
import { ListedPrefixes } from './listed-prefixes.ts';
import type { AllowEntry, AllowReasonName, AllowStore, Prefix } from './ports.ts';
import { PrefixMap } from './prefix-map.ts';

/** For people. */
export const ALLOW_REASONS: Readonly<Record<AllowReasonName, string>> = {
  own: 'own address',
  gateway: 'gateway',
  resolver: 'resolver',
  'ssh-peer': 'SSH peer',
  operator: 'operator',
  list: 'list',
  command: 'command',
};

/** Where several want the same prefix, the first of these names it. */
const PRECEDENCE: readonly AllowReasonName[] = [
  'command',
  'operator',
  'own',
  'gateway',
  'ssh-peer',
  'resolver',
  'list',
];

/** Made and taken back by others than the daemon. */
const OTHERS: ReadonlySet<AllowReasonName> = new Set(['command', 'list']);

export interface AllowChange {
  readonly change: 'added' | 'removed' | 'refused';
  readonly entry: AllowEntry;
}

/** The allowlist as it should be, and the program's, kept the same. */
export class Allowlist {
  readonly #store: AllowStore;
  #entries: ReadonlyMap<string, AllowEntry> = new Map();
  #prefixes = new PrefixMap<AllowEntry>();
  #listed = new ListedPrefixes();

  constructor(store: AllowStore) {
    this.#store = store;
  }

  /** What lists allow: it stays allowed when nobody else allows it any more. */
  setListed(listed: ListedPrefixes): void {
    this.#listed = listed;
  }

  /**
   * Makes the program's allowlist what is desired, and returns what changed since the last time, whoever did it. What was
   * allowed by command stays until it is taken back by command, and what a list says as long as it says so.
   */
  reconcile(desired: readonly AllowEntry[]): AllowChange[] {
    const wanted = unique(desired);
    const present = unique(this.#store.entries());
    for (const [key, entry] of present) {
      if (wanted.has(key) || OTHERS.has(entry.reason)) continue;
      if (this.#listed.has(entry)) this.#store.add({ ...entry, reason: 'list' });
      else this.#store.remove(entry);
    }
    const refused: AllowEntry[] = [];
    for (const [key, entry] of wanted) {
      const old = present.get(key);
      if (old?.reason === entry.reason || old?.reason === 'command') continue;
      if (!this.#store.add(entry)) refused.push(entry);
    }
    const before = this.#entries;
    // A command may have taken back what a list says, too.
    for (const [key, entry] of before) {
      if (!present.has(key) && this.#listed.has(entry)) this.#store.add({ ...entry, reason: 'list' });
    }
    this.#entries = unique(this.#store.entries());
    this.#prefixes = PrefixMap.of(this.#entries.values());
    return [
      ...news(before, this.#entries).map((entry) => ({ change: 'added' as const, entry })),
      ...gone(before, this.#entries).map((entry) => ({ change: 'removed' as const, entry })),
      ...refused.map((entry) => ({ change: 'refused' as const, entry })),
    ];
  }

  /** Entries; as of the last reconcile. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether a packet's source address is allowed; valid since the last reconcile. */
  allows(address: Uint8Array, offset = 0): boolean {
    return this.#prefixes.holds(address, offset);
  }

  /** Whether all of the prefix is allowed. */
  covers(prefix: Prefix): boolean {
    return this.#prefixes.holds(prefix.address, 0, prefix.bits);
  }
}

/** `192.0.2.0/24 (operator)`. */
export function describeAllow(entry: AllowEntry): string {
  return `${formatPrefix(entry.address, entry.bits)} (${ALLOW_REASONS[entry.reason]})`;
}

type Entries = ReadonlyMap<string, AllowEntry>;

const news = (before: Entries, now: Entries): AllowEntry[] =>
  [...now].filter(([key, { reason }]) => before.get(key)?.reason !== reason).map(([, entry]) => entry);

const gone = (before: Entries, now: Entries): AllowEntry[] =>
  [...before].filter(([key]) => !now.has(key)).map(([, entry]) => entry);

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
