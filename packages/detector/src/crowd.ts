import { ADDRESS_BYTES, isUnspecified } from './address.ts';
import { secondsOf, type WindowLimit } from './distinct.ts';
import { KeyedHash } from './keyed-hash.ts';
import { compilePolicy, type Policy, type Rules } from './policy.ts';
import { sourceInto } from './source-of.ts';

const PORTS = 65_536;
/** Ports and sources that a report names. */
const NAMED_MAX = 32;

/** What many sources did together. */
export interface DistributedScan extends WindowLimit {
  readonly timeTicks: number;
  /** The first 32, ascending. */
  readonly ports: readonly number[];
  readonly portsCount: number;
  readonly sourcesCount: number;
}

export interface CrowdOptions {
  /** More than this many ports that nobody listens on, asked for by a crowd within a window. Undefined: any number. */
  readonly window: WindowLimit | undefined;
  /** A crowd has more sources than this; default 16. */
  readonly sourcesMin?: number;
  /** A source that asked for more ports than this is a scanner for himself, and not of the crowd; default 6. */
  readonly portsOfOne?: number;
  /** Five random 64-bit keys. */
  readonly sourceKeys: readonly bigint[];
  readonly policy: Policy;
  /** Whether the address of 16 bytes at `offset` is allowed. */
  readonly allowed: (bytes: Uint8Array, offset: number) => boolean;
}

/** For how long after its last handshake a port is known to be listened on, in seconds. */
const OPEN_S = 3_600;

/**
 * A scan that is shared out among many sources, each of which stays below all limits. Of each port is remembered when it was last
 * asked for and by whom, and when it was last known to be listened on: so however many clients there are, their few open
 * ports are few ports. Of those who ask within one second the highest is remembered, so that their order does not
 * matter.
 */
export class Crowd {
  readonly #options: CrowdOptions;
  #window: WindowLimit | undefined;
  readonly #times = new Uint32Array(PORTS);
  readonly #sources = new Int32Array(PORTS);
  readonly #open = new Uint32Array(PORTS);
  readonly #hash: KeyedHash;
  readonly #masked = new Uint8Array(ADDRESS_BYTES);
  #untilTime = 0;
  #rules: Rules;

  constructor(options: CrowdOptions) {
    this.#options = options;
    this.#window = options.window;
    this.#hash = new KeyedHash(options.sourceKeys);
    this.#rules = compilePolicy(options.policy);
  }

  /** Somebody listens on this port. */
  listens(port: number, timeTicks: number): void {
    this.#open[port] = Math.max(this.#open[port]!, secondsOf(timeTicks));
  }

  /** A probe of a port by the source of the 16 bytes at `offset`. */
  probe(bytes: Uint8Array, offset: number, port: number, timeTicks: number): void {
    if (!this.#window) return;
    const time = secondsOf(timeTicks);
    if (this.#isOpen(port, time) || isUnspecified(bytes, offset)) return;
    sourceInto(bytes, offset, this.#rules, this.#masked);
    const source = this.#hash.hash(this.#masked, 0) | 0;
    if (!isLater(time, source, this.#times[port]!, this.#sources[port]!)) return;
    if (this.#options.allowed(bytes, offset)) return;
    this.#times[port] = time;
    this.#sources[port] = source;
  }

  /** What a crowd does by now; it is reported once within a window. */
  look(nowTicks: number): DistributedScan | undefined {
    const now = secondsOf(nowTicks);
    const window = this.#window;
    if (!window || now < this.#untilTime) return undefined;
    const { sourcesMin = 16, portsOfOne = 6 } = this.#options;
    const fresh = this.#fresh(now, window);
    if (fresh.length <= window.limit) return undefined;
    const each = new Map<number, number>();
    for (const port of fresh) each.set(this.#sources[port]!, (each.get(this.#sources[port]!) ?? 0) + 1);
    const crowd = new Set([...each].filter(([, count]) => count <= portsOfOne).map(([source]) => source));
    const ports = fresh.filter((port) => crowd.has(this.#sources[port]!));
    if (ports.length <= window.limit || crowd.size <= sourcesMin) return undefined;
    this.#untilTime = now + window.windowS;
    return {
      ...{ timeTicks: nowTicks, ...window },
      ports: ports.slice(0, NAMED_MAX),
      portsCount: ports.length,
      sourcesCount: crowd.size,
    };
  }

  /** From now on this window; what is remembered stays. */
  setWindow(window: WindowLimit | undefined): void {
    this.#window = window;
  }

  setPolicy(policy: Policy): void {
    this.#rules = compilePolicy(policy);
  }

  /** Ports that were asked for within the window and that nobody is known to listen on, ascending. */
  #fresh(now: number, { windowS }: WindowLimit): number[] {
    const first = Math.max(1, now - windowS + 1);
    const ports: number[] = [];
    for (let port = 0; port < PORTS; port++)
      if (this.#times[port]! >= first && !this.#isOpen(port, now)) ports.push(port);
    return ports;
  }

  #isOpen(port: number, time: number): boolean {
    return this.#open[port]! > 0 && this.#open[port]! + OPEN_S > time;
  }
}

function isLater(time: number, source: number, otherTime: number, otherSource: number): boolean {
  return time > otherTime || (time === otherTime && source > otherSource);
}
