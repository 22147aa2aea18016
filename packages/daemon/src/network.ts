import { describeAllow } from './allowlist.ts';
import type { AllowChange, Allowlist } from './allowlist.ts';
import { onlinkPrefixes } from './policy.ts';
import type { Log, NetworkSource, NetworkState, Prefix } from './ports.ts';

export interface NetworkOptions {
  /** Called with the on-link prefixes at the first pass, and whenever they changed. */
  readonly onlinkChanged: (onlink: readonly Prefix[]) => void;
  /** Called after the allowlist grew. */
  readonly allowed: () => void;
}

/** The network watcher: keeps allowlist and on-link prefixes as the host's addresses and routes are. */
export class Network {
  readonly #source: NetworkSource;
  readonly #allowlist: Allowlist;
  readonly #log: Log;
  readonly #options: NetworkOptions;
  #onlink: string | undefined;
  #failing = false;
  #full = false;

  constructor(source: NetworkSource, allowlist: Allowlist, log: Log, options: NetworkOptions) {
    this.#source = source;
    this.#allowlist = allowlist;
    this.#log = log;
    this.#options = options;
  }

  /** One tick. What cannot be read is kept as it was. */
  pass(): void {
    const state = this.#read();
    if (state) this.apply(state);
  }

  apply({ allow, onlink }: NetworkState): void {
    const near = onlinkPrefixes(onlink);
    const text = near.map(({ address, bits }) => `${address.join('.')}/${bits}`).join();
    if (text !== this.#onlink) this.#options.onlinkChanged(near);
    this.#onlink = text;
    const changes = this.#allowlist.reconcile(allow);
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
