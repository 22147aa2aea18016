import type { ConnectionLimit } from './connection-limit.ts';
import type { DaemonEvent, Format, LostCause, LostEvent, LostWhat } from './events.ts';
import type { LineLimit } from './line-limit.ts';
import { LostBook, type LostTotal } from './lost-book.ts';
import type { EventTaker, LineSink } from './ports.ts';

type Told = Exclude<DaemonEvent, LostEvent>;

const WHAT = {
  connection: 'connections',
  scan: 'scans',
  'scan end': 'scan ends',
  'distributed scan': 'scans',
  block: 'blocks',
  unblock: 'unblocks',
} as const;

export interface OutputOptions {
  /** Of the lines that a stranger can cause, but for those of connections. Undefined: no limit. */
  readonly lines?: LineLimit | undefined;
  /** Undefined: no limit. */
  readonly connections?: ConnectionLimit | undefined;
  /** Hears what there is to tell, too. */
  readonly taker?: EventTaker | undefined;
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
  readonly #options: OutputOptions;
  readonly #untold = new LostBook();
  readonly #lost = new LostBook();
  readonly #printed = { connections: 0, scans: 0, 'scan ends': 0, blocks: 0, unblocks: 0 };

  constructor(sink: LineSink, format: Format, nowMs: () => number, options: OutputOptions = {}) {
    this.#sink = sink;
    this.#format = format;
    this.#nowMs = nowMs;
    this.#options = options;
  }

  /** Records are about to be read: what is over the limit of connections is measured from here. */
  look(): void {
    this.#options.connections?.look();
  }

  /** Whether the next connection may be told; if not, it is counted as lost, and there is no need to make an event of it. */
  admitsConnection(): boolean {
    if (this.#options.connections?.admit() !== false) return true;
    this.lost('connections', 'line limit', 1);
    return false;
  }

  /** A connection is asked for by `admitsConnection` first. */
  tell(event: Told): void {
    const what = WHAT[event.kind];
    if (this.#isLeftOut(event)) {
      this.lost(what, 'line limit', 1);
      return;
    }
    const keepsUp = this.tellLost();
    this.#options.taker?.take(event);
    if (keepsUp && this.#sink.isRefusing !== true && this.#sink.write(this.#format(event))) this.#printed[what]++;
    else this.lost(what, 'slow reader', 1);
  }

  /** Notes a loss; it is told at the next chance. */
  lost(what: LostWhat, cause: LostCause, count: number): void {
    this.#untold.add(what, cause, count);
    this.#lost.add(what, cause, count);
  }

  /** Writes what is still untold; false when the reader does not take it. At the end, what the limit left out is due too. */
  tellLost(isEnd = false): boolean {
    if (this.#untold.isEmpty) return true;
    if (this.#sink.isRefusing) return false;
    const { lines, connections } = this.#options;
    const isDue = isEnd || lines?.isDue === true || connections?.isDue === true;
    for (const entry of this.#untold.entries()) {
      if (entry.cause === 'line limit' && !isDue) continue;
      const event = { kind: 'lost', timeMs: this.#nowMs(), ...entry } as const;
      if (!this.#sink.write(this.#format(event))) return false;
      this.#untold.remove(entry);
      // Another listener has a pace of its own.
      if (entry.cause !== 'slow reader') this.#options.taker?.take(event);
    }
    if (!isDue) return true;
    lines?.said();
    connections?.said();
    return true;
  }

  printed(): Readonly<Record<(typeof WHAT)[keyof typeof WHAT], number>> {
    return { ...this.#printed };
  }

  losses(): LostTotal[] {
    return this.#lost.entries();
  }

  /** Connections have a limit of their own. What the operator does is told always, and what is told once in a window. */
  #isLeftOut(event: Told): boolean {
    const { lines } = this.#options;
    if (!lines || event.kind === 'connection' || event.kind === 'distributed scan') return false;
    if ('reason' in event && event.reason === 'operator') return false;
    return !lines.admit(event.sourcePrefix);
  }
}
