/** The contract's rules of `sources` and `syns`, word by word, in bigints and plain arrays. */
const MASK64 = 2n ** 64n - 1n;

export function slowHash(keys: readonly bigint[], bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let sum = keys[0]!;
  for (let i = 1; i < keys.length; i++) sum += keys[i]! * BigInt(view.getUint32(4 * (i - 1)));
  return Number((sum & MASK64) >> 32n);
}

export interface SlowSlot {
  source: string;
  touches: bigint[];
  overNs: bigint;
  untilNs: bigint;
  connections: number;
  ports: number;
}

const ZERO = '0'.repeat(32);

export class SlowSources {
  readonly sets: SlowSlot[][];
  readonly #keys: readonly bigint[];
  readonly #portsMax: number;

  constructor(sets: number, portsMax: number, keys: readonly bigint[]) {
    this.#keys = keys;
    this.#portsMax = portsMax;
    this.sets = Array.from({ length: sets }, () => Array.from({ length: 4 }, () => this.#empty(ZERO)));
  }

  #empty(source: string): SlowSlot {
    const touches = new Array<bigint>(this.#portsMax).fill(0n);
    return { source, touches, overNs: 0n, untilNs: 0n, connections: 0, ports: 0 };
  }

  touch(
    source: Uint8Array,
    port: number,
    nowNs: bigint,
    rules: { windowNs: bigint; threshold: number; quietNs: bigint; settles: boolean },
  ): { over: boolean; report: boolean; evicted: boolean; ports: number[] } {
    const key = Buffer.from(source).toString('hex');
    const set = this.sets[Number((BigInt(slowHash(this.#keys, source)) * BigInt(this.sets.length)) >> 32n)]!;
    let evicted = false;
    if (!set.some((slot) => slot.source === key)) {
      let take = set.findIndex((slot) => slot.source === ZERO);
      if (take < 0) {
        const oldest = set.map((slot) => slot.touches[0]! >> 16n).reduce((a, b) => (b < a ? b : a));
        take = set.findIndex((slot) => slot.touches[0]! >> 16n === oldest);
        evicted = oldest + (rules.windowNs >> 10n) > nowNs >> 10n;
      }
      set[take] = this.#empty(key);
    }
    const slot = set.find((candidate) => candidate.source === key)!;
    const newest = slot.touches[0]! >> 16n;
    const tick = newest > nowNs >> 10n ? newest : nowNs >> 10n;
    const validFrom = slot.untilNs !== 0n && slot.untilNs <= nowNs ? slot.untilNs >> 10n : 1n;
    const fresh = (touch: bigint) =>
      touch >> 16n > 0n && (touch >> 16n) + (rules.windowNs >> 10n) > tick && touch >> 16n >= validFrom;
    let known = false;
    let previous = (tick << 16n) | BigInt(port);
    for (let i = 0; i < this.#portsMax; i++) {
      const current = slot.touches[i]!;
      slot.touches[i] = previous;
      known = fresh(current) && (current & 0xffffn) === BigInt(port);
      if (!fresh(current) || known) break;
      previous = current;
    }
    if (!known) slot.ports++;
    slot.connections++;
    const over = rules.threshold < this.#portsMax && fresh(slot.touches[rules.threshold]!);
    const report = over && (slot.untilNs === 0n || slot.untilNs <= nowNs);
    const ports = report ? slot.touches.filter(fresh).map((touch) => Number(touch & 0xffffn)) : [];
    if (over) slot.overNs = nowNs;
    if (report && rules.settles) slot.untilNs = rules.quietNs === 0n ? MASK64 : nowNs + rules.quietNs;
    return { over, report, evicted, ports };
  }
}

export class SlowSyns {
  readonly sets: bigint[][];
  readonly #keys: readonly bigint[];

  constructor(sets: number, keys: readonly bigint[]) {
    this.sets = Array.from({ length: sets }, () => new Array<bigint>(7).fill(0n));
    this.#keys = keys;
  }

  #identify(key: Uint8Array): { set: bigint[]; tag: bigint } {
    const where = BigInt(slowHash(this.#keys.slice(0, 11), key));
    const what = BigInt(slowHash(this.#keys.slice(11), key));
    const index = Number((where * BigInt(this.sets.length)) >> 32n);
    return { set: this.sets[index]!, tag: (what << 8n) | (where & 0xffn) };
  }

  seen(key: Uint8Array, nowNs: bigint): boolean {
    const { set, tag } = this.#identify(key);
    const now = (nowNs >> 24n) & 0xffffffn;
    const place = set.findIndex((cell) => cell !== 0n && cell >> 24n === tag);
    const age = place < 0 ? MASK64 : (now - (set[place]! & 0xffffffn)) & 0xffffffn;
    const empty = set.indexOf(0n);
    set.splice(place >= 0 ? place : empty >= 0 ? empty : 6, 1);
    set.unshift((tag << 24n) | now);
    return age < 64_000_000_000n >> 24n;
  }

  forget(key: Uint8Array): void {
    const { set, tag } = this.#identify(key);
    const place = set.findIndex((cell) => cell >> 24n === tag);
    if (place < 0) return;
    set.splice(place, 1);
    set.push(0n);
  }
}
