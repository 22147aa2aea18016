import type { EventSource } from '@scanward/daemon';

type Visit = (bytes: Uint8Array, offset: number) => void;

/** So many connections wait for the tracking watcher's tick; with one more it is woken. */
const CONNECTIONS_MAX = 8_192;

/** The two rings of a replay. The reader is woken as the kernel's is, and waited for: a capture has no hurry. */
export class ReplayEvents implements EventSource {
  #connections: Uint8Array[] = [];
  #scans: Uint8Array[] = [];
  #wake: ((more: boolean) => void) | undefined;
  #asked: (() => void) | undefined;

  addConnection(record: Uint8Array): void {
    this.#connections.push(record);
  }

  addScan(record: Uint8Array): void {
    this.#scans.push(record);
  }

  drainConnections(visit: Visit): number {
    const records = this.#connections;
    this.#connections = [];
    return drained(records, visit);
  }

  drainScans(visit: Visit): number {
    const records = this.#scans;
    this.#scans = [];
    return drained(records, visit);
  }

  scansWaiting(): Promise<boolean> {
    this.#asked?.();
    return new Promise((resolve) => (this.#wake = resolve));
  }

  /** Wakes the reader if there is anything that cannot wait, and resolves when it has read that and waits again. */
  async told(): Promise<void> {
    if (this.#scans.length === 0 && this.#connections.length <= CONNECTIONS_MAX) return;
    const wake = this.#wake;
    if (wake === undefined) return;
    const asked = new Promise<void>((resolve) => (this.#asked = resolve));
    this.#wake = undefined;
    wake(true);
    await asked;
  }

  /** The reader has failed: nobody waits for it any more. */
  abandon(): void {
    this.#asked?.();
    this.#wake = undefined;
  }

  close(): void {
    this.#wake?.(false);
    this.#wake = undefined;
  }
}

function drained(records: readonly Uint8Array[], visit: Visit): number {
  for (const record of records) visit(record, 0);
  return records.length;
}
