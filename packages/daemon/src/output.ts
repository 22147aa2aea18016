import type { DaemonEvent, Format, LostCause, LostEvent, LostWhat } from './events.ts';
import type { LineSink } from './ports.ts';

type Told = Exclude<DaemonEvent, LostEvent>;

const WHAT = { connection: 'connections', scan: 'scans', block: 'blocks', unblock: 'unblocks' } as const;

/** What was lost since the start. */
export interface LostTotal {
  readonly what: LostWhat;
  readonly cause: LostCause;
  readonly count: number;
}

/**
 * Writes events as lines and keeps the book: each one offered is printed or counted as lost. What was lost is
 * told before the next line that the reader takes, so that the gap stands where it belongs.
 */
export class Output {
  readonly #sink: LineSink;
  readonly #format: Format;
  readonly #nowMs: () => number;
  readonly #untold = new Map<string, { what: LostWhat; cause: LostCause; count: number }>();
  readonly #lost = new Map<string, { what: LostWhat; cause: LostCause; count: number }>();
  readonly #printed = { connections: 0, scans: 0, blocks: 0, unblocks: 0 };

  constructor(sink: LineSink, format: Format, nowMs: () => number) {
    this.#sink = sink;
    this.#format = format;
    this.#nowMs = nowMs;
  }

  tell(event: Told): void {
    const what = WHAT[event.kind];
    if (this.tellLost() && this.#sink.write(this.#format(event))) this.#printed[what]++;
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

  /** Writes what is still untold; false when the reader does not take it. */
  tellLost(): boolean {
    for (const [key, entry] of this.#untold) {
      if (!this.#sink.write(this.#format({ kind: 'lost', timeMs: this.#nowMs(), ...entry }))) return false;
      this.#untold.delete(key);
    }
    return true;
  }

  printed(): Readonly<Record<(typeof WHAT)[keyof typeof WHAT], number>> {
    return { ...this.#printed };
  }

  losses(): LostTotal[] {
    return [...this.#lost.values()].map((entry) => ({ ...entry }));
  }
}
