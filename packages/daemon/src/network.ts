import { describeAllow } from './allowlist.ts';
import type { AllowChange, Allowlist } from './allowlist.ts';
import { reconcileLocal } from './local.ts';
import { onlinkPrefixes } from './policy.ts';
import type { DaemonPorts, LocalStore, Log, NetworkSource, NetworkState, PortRange, Prefix } from './ports.ts';

export interface NetworkOptions {
  /** Called at the first pass, and whenever on-link prefixes or ephemeral ports changed. */
  readonly rulesChanged: (onlink: readonly Prefix[], ephemeral: PortRange) => void;
  /** Called at each pass. */
  readonly own: (addresses: readonly Uint8Array[]) => void;
  /** Called after the allowlist grew. */
  readonly allowed: () => void;
}

type NetworkPorts = Pick<DaemonPorts, 'network' | 'local' | 'log'>;

/** The network watcher: keeps allowlist, own addresses, on-link prefixes and ephemeral ports as the host's are. */
export class Network {
  readonly #source: NetworkSource;
  readonly #local: LocalStore;
  readonly #allowlist: Allowlist;
  readonly #log: Log;
  readonly #options: NetworkOptions;
  #rules: string | undefined;
  #desired: string | undefined;
  #failing = false;
  #full = false;

  constructor(ports: NetworkPorts, allowlist: Allowlist, options: NetworkOptions) {
    this.#source = ports.network;
    this.#local = ports.local;
    this.#allowlist = allowlist;
    this.#log = ports.log;
    this.#options = options;
  }

  /** One tick. What cannot be read is kept as it was. */
  pass(): void {
    const state = this.#read();
    if (state) this.apply(state);
  }

  /** The rules changed: they are told anew, with what the network looks like now. */
  renew(): void {
    this.#rules = undefined;
    this.recheck();
  }

  /** Somebody else changed who is allowed: the whole list is held against the program's again. */
  recheck(): void {
    this.#desired = undefined;
    this.pass();
  }

  apply({ allow, onlink, ephemeral }: NetworkState): void {
    const near = onlinkPrefixes(onlink);
    const prefixes = near.map(({ address, bits }) => `${address.join('.')}/${bits}`);
    const text = [...prefixes, `${ephemeral.first}-${ephemeral.last}`].join();
    if (text !== this.#rules) this.#options.rulesChanged(near, ephemeral);
    this.#rules = text;
    const own = allow.filter(({ reason }) => reason === 'own').map(({ address }) => address);
    reconcileLocal(this.#local, own);
    this.#options.own(own);
    this.#allow(allow);
  }

  /** A list may have allowed many thousands: they are gone through only when there is a reason. */
  #allow(allow: NetworkState['allow']): void {
    const desired = allow.map(({ address, bits, reason }) => `${address.join('.')}/${bits} ${reason}`).join();
    if (desired === this.#desired) return;
    const changes = this.#allowlist.reconcile(allow);
    const isFull = changes.some(({ change }) => change === 'refused');
    this.#desired = isFull ? undefined : desired;
    this.#tell(changes);
    if (changes.some(({ change }) => change === 'added')) this.#options.allowed();
  }

  #read(): NetworkState | undefined {
    try {
      const state = this.#source.read();
      this.#failing = false;
      return state;
    } catch (error) {
      if (!this.#failing)
        this.#log.warn(`cannot read addresses and routes (${String(error)}): the allowlist stays as it is`);
      this.#failing = true;
      return undefined;
    }
  }

  #tell(changes: readonly AllowChange[]): void {
    for (const { change, entry } of changes) {
      if (entry.reason === 'list') continue;
      if (change === 'added') this.#log.info(`allowed ${describeAllow(entry)}`);
      if (change === 'removed') this.#log.info(`no longer allowed ${describeAllow(entry)}`);
    }
    const refused = changes.filter(({ change }) => change === 'refused');
    const full = refused.length > 0;
    if (full && !this.#full) {
      this.#log.warn(
        `allowlist is full: give fewer --allow, or wider ones; not allowed are ${refused.map(({ entry }) => describeAllow(entry)).join(', ')}`,
      );
    }
    this.#full = full;
  }
}
