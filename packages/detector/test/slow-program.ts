/** The contract's rules of `sources`, `singles` and `syns`, word by word, in bigints and plain arrays. */
const MASK64 = 2n ** 64n - 1n;

export function slowSum(keys: readonly bigint[], bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let sum = keys[0]!;
  for (let i = 1; i < keys.length; i++) sum += keys[i]! * BigInt(view.getUint32(4 * (i - 1)));
  return sum & MASK64;
}

export function slowHash(keys: readonly bigint[], bytes: Uint8Array): number {
  return Number(slowSum(keys, bytes) >> 32n);
}

export interface SlowSlot {
  source: string;
  touches: bigint[];
  overNs: bigint;
  untilNs: bigint;
  connections: number;
  ports: number;
}

export interface SlowRules {
  windowNs: bigint;
  threshold: number;
  quietNs: bigint;
  settles: boolean;
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

  set(source: Uint8Array): SlowSlot[] {
    return this.sets[Number((BigInt(slowHash(this.#keys, source)) * BigInt(this.sets.length)) >> 32n)]!;
  }

  #empty(source: string): SlowSlot {
    const touches = new Array<bigint>(this.#portsMax).fill(0n);
    return { source, touches, overNs: 0n, untilNs: 0n, connections: 0, ports: 0 };
  }

  touch(
    source: Uint8Array,
    port: number,
    nowNs: bigint,
    rules: SlowRules,
    carriedTouch?: bigint,
  ): { over: boolean; report: boolean; evicted: boolean; ports: number[] } {
    const key = Buffer.from(source).toString('hex');
    const set = this.set(source);
    let evicted = false;
    if (!set.some((slot) => slot.source === key)) {
      let take = set.findIndex((slot) => slot.source === ZERO);
      if (take < 0) {
        const oldest = set.map((slot) => slot.touches[0]! >> 16n).reduce((a, b) => (b < a ? b : a));
        take = set.findIndex((slot) => slot.touches[0]! >> 16n === oldest);
        evicted = oldest > 0n && oldest + (rules.windowNs >> 10n) > nowNs >> 10n;
      }
      set[take] = this.#empty(key);
    }
    const slot = set.find((candidate) => candidate.source === key)!;
    const newest = slot.touches[0]! >> 16n;
    const tick = newest > nowNs >> 10n ? newest : nowNs >> 10n;
    const validFrom = slot.untilNs !== 0n && slot.untilNs <= nowNs ? slot.untilNs >> 10n : 1n;
    const fresh = (touch: bigint) =>
      touch >> 16n > 0n && (touch >> 16n) + (rules.windowNs >> 10n) > tick && touch >> 16n >= validFrom;
    const put = (touchTick: bigint, port: bigint) => {
      let known = false;
      let previous = (touchTick << 16n) | port;
      for (let i = 0; i < this.#portsMax; i++) {
        const current = slot.touches[i]!;
        slot.touches[i] = previous;
        known = fresh(current) && (current & 0xffffn) === port;
        if (!fresh(current) || known) break;
        previous = current;
      }
      if (!known) slot.ports++;
      slot.connections++;
    };
    if (carriedTouch !== undefined) {
      put(carriedTouch >> 16n > newest ? carriedTouch >> 16n : newest, carriedTouch & 0xffffn);
    }
    put(tick, BigInt(port));
    const over = rules.threshold < this.#portsMax && fresh(slot.touches[rules.threshold]!);
    const report = over && (slot.untilNs === 0n || slot.untilNs <= nowNs);
    const ports = report ? slot.touches.filter(fresh).map((touch) => Number(touch & 0xffffn)) : [];
    if (over) slot.overNs = nowNs;
    if (report && rules.settles) slot.untilNs = rules.quietNs === 0n ? MASK64 : nowNs + rules.quietNs;
    return { over, report, evicted, ports };
  }

  forget(source: Uint8Array): void {
    const set = this.set(source);
    const place = set.findIndex((slot) => slot.source === Buffer.from(source).toString('hex'));
    if (place >= 0) set[place] = this.#empty(ZERO);
  }
}

export interface SlowLine {
  mark: bigint;
  cells: bigint[];
}

const TIME = 0xffffffn;

/** In units; a cell of another CPU's clock, a little in the future, is of now. */
function ageOf(cell: bigint, nowNs: bigint): bigint {
  const age = ((nowNs >> 24n) - (cell & TIME)) & TIME;
  return age > TIME - 255n ? 0n : age;
}

/** Takes a cell of a line away; those behind it move up. */
function take(cells: bigint[], place: number): void {
  cells.splice(place, 1);
  cells.push(0n);
}

/** Puts a cell in front; the one that falls out, 0n: none. */
function push(cells: bigint[], cell: bigint): bigint {
  const empty = cells.indexOf(0n);
  const [fallen] = cells.splice(empty < 0 ? 6 : empty, 1);
  cells.unshift(cell);
  return fallen!;
}

/** One probe of a port, through `singles` into `sources`. */
export class SlowSingles {
  readonly lines: SlowLine[];
  readonly #keys: readonly bigint[];

  constructor(lines: number, keys: readonly bigint[]) {
    this.#keys = keys;
    this.lines = Array.from({ length: lines }, () => ({ mark: 0n, cells: new Array<bigint>(7).fill(0n) }));
  }

  identify(source: Uint8Array): { line: SlowLine; tag: bigint } {
    const sum = slowSum(this.#keys, source);
    return {
      line: this.lines[Number(((sum >> 32n) * BigInt(this.lines.length)) >> 32n)]!,
      tag: (sum >> 8n) & 0xffffffn,
    };
  }

  /** The touch that a cell stands for; undefined when it is not within the window. */
  #touch(cell: bigint, nowNs: bigint, windowNs: bigint): bigint | undefined {
    const age = ageOf(cell, nowNs);
    const tick = age > nowNs >> 24n ? 0n : ((nowNs >> 24n) - age) << 14n;
    const isFresh = cell !== 0n && tick > 0n && tick + (windowNs >> 10n) > nowNs >> 10n;
    return isFresh ? (tick << 16n) | ((cell >> 24n) & 0xffffn) : undefined;
  }

  probe(
    sources: SlowSources,
    source: Uint8Array,
    port: number,
    nowNs: bigint,
    rules: SlowRules,
  ): { evicted: boolean; touched: ReturnType<SlowSources['touch']> | undefined } {
    const { line, tag } = this.identify(source);
    const key = Buffer.from(source).toString('hex');
    const now32 = (nowNs >> 24n) & 0xffffffffn;
    const marked = BigInt.asIntN(32, now32 - line.mark) <= (rules.windowNs >> 24n) + 1n;
    const serves = rules.threshold > 0 && rules.windowNs >= 1n << 28n && rules.windowNs <= 1n << 42n;
    const known = marked && sources.set(source).some((slot) => slot.source === key);
    const cell = (((tag << 16n) | BigInt(port)) << 24n) | ((nowNs >> 24n) & TIME);
    const place = line.cells.findIndex((other) => other !== 0n && other >> 40n === tag);
    const touch = place < 0 ? undefined : this.#touch(line.cells[place]!, nowNs, rules.windowNs);
    if (place >= 0) take(line.cells, place);
    const samePort = touch !== undefined && (touch & 0xffffn) === BigInt(port);
    if (!known && serves && (touch === undefined || samePort)) {
      const fallen = push(line.cells, cell);
      return { evicted: this.#touch(fallen, nowNs, rules.windowNs) !== undefined, touched: undefined };
    }
    line.mark = now32;
    return { evicted: false, touched: sources.touch(source, port, nowNs, rules, samePort ? undefined : touch) };
  }

  forget(source: Uint8Array): void {
    const { line, tag } = this.identify(source);
    const place = line.cells.findIndex((cell) => cell !== 0n && cell >> 40n === tag);
    if (place >= 0) take(line.cells, place);
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

  seen(key: Uint8Array, nowNs: bigint): { seen: boolean; evicted: boolean } {
    const { set, tag } = this.#identify(key);
    const now = (nowNs >> 24n) & TIME;
    const isFresh = (cell: bigint) => cell !== 0n && ageOf(cell, nowNs) < 64_000_000_000n >> 24n;
    const place = set.findIndex((cell) => cell !== 0n && cell >> 24n === tag);
    const seen = place >= 0 && isFresh(set[place]!);
    if (place >= 0) take(set, place);
    const fallen = push(set, (tag << 24n) | now);
    return { seen, evicted: isFresh(fallen) };
  }

  forget(key: Uint8Array): void {
    const { set, tag } = this.#identify(key);
    const place = set.findIndex((cell) => cell >> 24n === tag);
    if (place >= 0) take(set, place);
  }
}
