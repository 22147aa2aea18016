import type { DaemonEvent, EventTaker } from '@scanward/daemon';

/** Connections that are remembered, and as many other events. */
export const REMEMBERED = 1_000;

/** The last events. Connections are kept apart, so that any number of them pushes out nothing else. */
export class EventMemory implements EventTaker {
  readonly #connections: Recent;
  readonly #others: Recent;
  #told = 0;

  constructor(max = REMEMBERED) {
    this.#connections = new Recent(max);
    this.#others = new Recent(max);
  }

  take(event: DaemonEvent): void {
    const kept = event.kind === 'connection' ? this.#connections : this.#others;
    kept.add(event, this.#told++);
  }

  /** In the order in which they were told. */
  events(): DaemonEvent[] {
    const all = [...this.#connections.entries(), ...this.#others.entries()];
    return all.sort((a, b) => a.order - b.order).map(({ event }) => event);
  }
}

/** The last of one kind. Nothing new is made for an event that is added. */
class Recent {
  readonly #events: DaemonEvent[] = [];
  readonly #orders: Float64Array;
  #next = 0;

  constructor(max: number) {
    this.#orders = new Float64Array(max);
  }

  add(event: DaemonEvent, order: number): void {
    this.#events[this.#next] = event;
    this.#orders[this.#next] = order;
    this.#next = (this.#next + 1) % this.#orders.length;
  }

  entries(): { readonly event: DaemonEvent; readonly order: number }[] {
    return this.#events.map((event, i) => ({ event, order: this.#orders[i]! }));
  }
}
