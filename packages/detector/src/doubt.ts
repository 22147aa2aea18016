/** A source that crossed a limit. */
export interface Crossed {
  /** Any text that stands for the source. */
  readonly id: string;
  /** Never goes back by more than a little. */
  readonly timeNs: number;
  /** Those that it was found for, ascending. */
  readonly ports: readonly number[];
  /** It completed a handshake within its scan: it is who it says. */
  readonly isProven: boolean;
}

/** What is to be thought of a crossing. */
export interface Doubted {
  /** Somebody else may have sent it in that name. */
  readonly isUncertain: boolean;
  /** Others asked for the same ports at the same time. */
  readonly isDecoy: boolean;
  /** Earlier crossings that are uncertain only now. */
  readonly revised: readonly Revised[];
}

/** A crossing that was believed. */
export interface Revised {
  /** Of its source. */
  readonly id: string;
  /** It asked for the same ports as the one that gave it away. */
  readonly isDecoy: boolean;
}

export interface DoubtOptions {
  /** Sources that may cross within {@link burstNs} before that is taken for a flood of forged ones; default 10. */
  readonly burst?: number;
  /** Default 10 s. */
  readonly burstNs?: number;
  /** How far apart members of a group of decoys cross; default 2 s. */
  readonly lockstepNs?: number;
  /** Crossings that are remembered, the oldest forgotten first; default 4,096. */
  readonly crossingsMax?: number;
}

interface Remembered extends Crossed {
  readonly portsText: string;
  readonly isUncertain: boolean;
}

/** Sources that were found for the same ports, by id, the last to cross last. */
class Group {
  readonly #members = new Map<string, Remembered>();
  #last: Remembered | undefined;

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  add(one: Remembered): void {
    this.#members.set(one.id, one);
    this.#last = one;
  }

  remove(one: Remembered): void {
    this.#members.delete(one.id);
    if (this.#last === one) this.#last = undefined;
  }

  /** The last to cross: whoever crossed before it was held against it already. */
  last(): Remembered | undefined {
    if (!this.#last) for (const member of this.#members.values()) this.#last = member;
    return this.#last;
  }
}

/**
 * A SYN proves nothing about its sender. One scanner alone is believed: nothing is gained by forging a single name but that name's
 * block. Many at once are not, unless a source has proved itself: more than `burst` within `burstNs`, which is what a
 * flood of forged sources looks like; and several that were found for the very same ports within `lockstepNs`, which is
 * how a scanner hides among decoys. A crossing costs the same however many there were.
 */
export class Doubt {
  readonly #burst: number;
  readonly #burstNs: number;
  readonly #lockstepNs: number;
  readonly #max: number;
  /** By id, the last to cross last. */
  readonly #recent = new Map<string, Remembered>();
  readonly #groups = new Map<string, Group>();
  /** Of the recent ones those that may be doubted yet. */
  readonly #believed = new Set<Remembered>();

  constructor(options: DoubtOptions = {}) {
    this.#burst = options.burst ?? 10;
    this.#burstNs = options.burstNs ?? 10e9;
    this.#lockstepNs = options.lockstepNs ?? 2e9;
    this.#max = options.crossingsMax ?? 4_096;
  }

  /** A source crossed a limit. Those of one source within the time are one. */
  crossed(crossed: Crossed): Doubted {
    const { id, timeNs, isProven, ports } = crossed;
    this.#forget(this.#recent.get(id));
    for (const old of this.#recent.values()) {
      if (old.timeNs > timeNs - this.#burstNs && this.#recent.size < this.#max) break;
      this.#forget(old);
    }
    const portsText = ports.join();
    const last = this.#groups.get(portsText)?.last();
    const isDecoy = last !== undefined && Math.abs(last.timeNs - timeNs) <= this.#lockstepNs;
    const isBurst = this.#recent.size >= this.#burst;
    const doubted = isBurst ? [...this.#believed] : isDecoy && this.#believed.has(last) ? [last] : [];
    for (const other of doubted) this.#believed.delete(other);
    const isUncertain = (isBurst || isDecoy) && !isProven;
    this.#remember({ ...crossed, portsText, isUncertain });
    const revised = doubted.map((other) => ({ id: other.id, isDecoy: isDecoy && other === last }));
    return { isUncertain, isDecoy, revised };
  }

  #remember(one: Remembered): void {
    this.#recent.set(one.id, one);
    if (!one.isUncertain && !one.isProven) this.#believed.add(one);
    const group = this.#groups.get(one.portsText) ?? new Group();
    group.add(one);
    this.#groups.set(one.portsText, group);
  }

  #forget(one: Remembered | undefined): void {
    if (!one) return;
    this.#recent.delete(one.id);
    this.#believed.delete(one);
    const group = this.#groups.get(one.portsText);
    group?.remove(one);
    if (group?.isEmpty) this.#groups.delete(one.portsText);
  }
}
