import { type DaemonEvent, type EventTaker, type Format, jsonFormat, liveLine, Output } from '@scanward/daemon';
import type { EventMemory } from './event-memory.ts';

/** Clients at a time. */
export const CLIENTS_MAX = 16;
/** Characters that may wait for one client. */
export const CLIENT_WAITING_MAX = 1024 * 1024;

/** As much of a client's stream as is written to. */
export interface ClientStream {
  readonly writableLength: number;
  write(text: string): unknown;
}

/**
 * Hands events on to clients, as lines of JSON: first those that are remembered, then a line whose action is `live`, then each as
 * it happens. Who is too slow loses lines and is told how many; nobody is waited for.
 */
export class EventHub implements EventTaker {
  readonly #memory: EventMemory;
  readonly #nowMs: () => number;
  readonly #format = once(jsonFormat());
  readonly #clients = new Map<ClientStream, Output>();

  /** @param nowMs milliseconds since 1970 */
  constructor(memory: EventMemory, nowMs: () => number) {
    this.#memory = memory;
    this.#nowMs = nowMs;
  }

  take(event: DaemonEvent): void {
    this.#memory.take(event);
    for (const client of this.#clients.values()) {
      if (event.kind === 'lost') client.lost(event.what, event.cause, event.count);
      client.tellLost(true);
      if (event.kind !== 'lost') client.tell(event);
    }
  }

  /** A client has come; false when there are as many as there may be. */
  admit(stream: ClientStream): boolean {
    if (this.#clients.size >= CLIENTS_MAX) return false;
    const live = liveLine(this.#nowMs());
    const lines = this.#memory.events().map((event) => this.#format(event));
    stream.write([...newest(lines, CLIENT_WAITING_MAX - live.length), live, ''].join('\n'));
    this.#clients.set(stream, new Output(sinkOf(stream), this.#format, this.#nowMs));
    return true;
  }

  /** A client has taken what waited for it. */
  drained(stream: ClientStream): void {
    this.#clients.get(stream)?.tellLost(true);
  }

  gone(stream: ClientStream): void {
    this.#clients.delete(stream);
  }
}

function sinkOf(stream: ClientStream) {
  return {
    get isRefusing() {
      return stream.writableLength > CLIENT_WAITING_MAX;
    },
    write: (line: string) => {
      if (stream.writableLength > CLIENT_WAITING_MAX) return false;
      stream.write(`${line}\n`);
      return true;
    },
  };
}

/** The last lines that have room. */
function newest(lines: readonly string[], room: number): readonly string[] {
  let left = room;
  let first = lines.length;
  while (first > 0 && lines[first - 1]!.length < left) left -= lines[--first]!.length + 1;
  return lines.slice(first);
}

/** Makes one line of an event, however many ask for it. */
function once(format: Format): Format {
  let last: DaemonEvent | undefined;
  let line = '';
  return (event) => {
    if (event !== last) line = format(event);
    last = event;
    return line;
  };
}
