import type { LostCause, LostWhat } from './events.ts';

/** How many were lost. */
export interface LostTotal {
  readonly what: LostWhat;
  readonly cause: LostCause;
  readonly count: number;
}

interface Entry extends LostTotal {
  count: number;
}

/** Counts what was lost, by what and why: in a flood each packet, so it makes nothing new for those that it knows. */
export class LostBook {
  readonly #entries: Entry[] = [];

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  add(what: LostWhat, cause: LostCause, count: number): void {
    for (const entry of this.#entries) {
      if (entry.what !== what || entry.cause !== cause) continue;
      entry.count += count;
      return;
    }
    this.#entries.push({ what, cause, count });
  }

  /** As of now, in the order in which they were first lost. */
  entries(): LostTotal[] {
    return this.#entries.map((entry) => ({ ...entry }));
  }

  remove({ what, cause }: LostTotal): void {
    const at = this.#entries.findIndex((entry) => entry.what === what && entry.cause === cause);
    if (at >= 0) this.#entries.splice(at, 1);
  }
}
