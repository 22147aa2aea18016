import type { DaemonEvent, Format, LostCause, LostEvent, LostWhat } from './events.ts';
import type { LineLimit } from './line-limit.ts';
import type { LineSink } from './ports.ts';

type Told = Exclude<DaemonEvent, LostEvent>;

const WHAT = {
  connection: 'connections',
  scan: 'scans',
  'scan end': 'scan ends',
  'distributed scan': 'scans',
  block: 'blocks',
  unblock: 'unblocks',
} as const;

/** What was lost since the start. */
export interface LostTotal {
  readonly what: LostWhat;
  readonly cause: LostCause;
  readonly count: number;
}

/**
 * Writes events as lines and keeps the book: each one offered is printed or counted as lost. What was lost is
 * told before the next line that the reader takes, so that the gap stands where it belongs; what the limit left out is
 * told once a minute.
 */
export class Output {
  readonly #sink: LineSink;
  readonly #format: Format;
  readonly #nowMs: () => number;
  readonly #limit: LineLimit | undefined;
  readonly #untold = new Map<string, { what: LostWhat; cause: LostCause; count: number }>();
  readonly #lost = new Map<string, { what: LostWhat; cause: LostCause; count: number }>();
  readonly #printed = { connections: 0, scans: 0, 'scan ends': 0, blocks: 0, unblocks: 0 };

  /** @param limit of the lines that a stranger can cause, but for those of connections; undefined: none */
  constructor(sink: LineSink, format: Format, nowMs: () => number, limit?: LineLimit) {
    this.#sink = sink;
    this.#format = format;
    this.#nowMs = nowMs;
    this.#limit = limit;
  }

  tell(event: Told): void {
    const what = WHAT[event.kind];
    if (this.#isLeftOut(event)) this.lost(what, 'line limit', 1);
    else if (this.tellLost() && this.#sink.write(this.#format(event))) this.#printed[what]++;
    else this.lost(what, 'slow reader', 1);
  }

  /** Notes a loss; it is told at the next chance. */
  lost(what: LostWhat, cause: LostCause, count: number): void {
    for (const book of [this.#untold, this.#lost]) {
      const entry = book.get(`${what} ${cause}`);
      if (entry) entry.count += count;
      else book.set(`${what} ${cause}`, { what, cause, count });
    }
  }

  /** Writes what is still untold; false when the reader does not take it. At the end, what the limit left out is due too. */
  tellLost(isEnd = false): boolean {
    const isDue = isEnd || this.#limit?.isDue === true;
    for (const [key, entry] of this.#untold) {
      if (entry.cause === 'line limit' && !isDue) continue;
      if (!this.#sink.write(this.#format({ kind: 'lost', timeMs: this.#nowMs(), ...entry }))) return false;
      this.#untold.delete(key);
    }
    if (isDue) this.#limit?.said();
    return true;
  }

  printed(): Readonly<Record<(typeof WHAT)[keyof typeof WHAT], number>> {
    return { ...this.#printed };
  }

  losses(): LostTotal[] {
    return [...this.#lost.values()].map((entry) => ({ ...entry }));
  }

  /** Every packet may be a connection, and each of them is told. What the operator does is told too, and what is told once in a window. */
  #isLeftOut(event: Told): boolean {
    if (!this.#limit || event.kind === 'connection' || event.kind === 'distributed scan') return false;
    if ('reason' in event && event.reason === 'operator') return false;
    return !this.#limit.admit(event.sourcePrefix);
  }
}
