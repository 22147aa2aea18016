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
  /** Sources of earlier crossings that are uncertain only now. */
  readonly revised: readonly string[];
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
  isUncertain: boolean;
}

/**
 * A SYN proves nothing about its sender. One scanner alone is believed: nothing is gained by forging a single name but that name's
 * block. Many at once are not, unless a source has proved itself: more than `burst` within `burstNs`, which is what a
 * flood of forged sources looks like; and several that were found for the very same ports within `lockstepNs`, which is
 * how a scanner hides among decoys.
 */
export class Doubt {
  readonly #burst: number;
  readonly #burstNs: number;
  readonly #lockstepNs: number;
  readonly #max: number;
  #recent: Remembered[] = [];

  constructor(options: DoubtOptions = {}) {
    this.#burst = options.burst ?? 10;
    this.#burstNs = options.burstNs ?? 10e9;
    this.#lockstepNs = options.lockstepNs ?? 2e9;
    this.#max = options.crossingsMax ?? 4_096;
  }

  /** A source crossed a limit. Those of one source within the time are one. */
  crossed(crossed: Crossed): Doubted {
    const { id, timeNs, isProven } = crossed;
    const earlier = this.#recent.filter((other) => other.id !== id && other.timeNs > timeNs - this.#burstNs);
    const now: Remembered = { ...crossed, portsText: crossed.ports.join(), isUncertain: false };
    const group = earlier.filter((other) => isLockstep(other, now, this.#lockstepNs));
    const suspects = earlier.length >= this.#burst ? earlier : group;
    const revised = suspects.filter((other) => !other.isUncertain && !other.isProven);
    for (const other of revised) other.isUncertain = true;
    now.isUncertain = suspects.length > 0 && !isProven;
    this.#recent = [...earlier, now].slice(-this.#max);
    return { isUncertain: now.isUncertain, isDecoy: group.length > 0, revised: revised.map((other) => other.id) };
  }
}

function isLockstep(a: Remembered, b: Remembered, withinNs: number): boolean {
  return a.portsText === b.portsText && Math.abs(a.timeNs - b.timeNs) <= withinNs;
}
