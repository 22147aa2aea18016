import type { EventSource } from '@scanward/daemon';
import type { RingBuffer } from '@scanward/loader-native';

type Ring = Pick<RingBuffer, 'read' | 'wait' | 'close'>;

/** The two ring buffers: connections, which wake nobody, and scans, which do. */
export class KernelEventSource implements EventSource {
  readonly #connections: Ring;
  readonly #scans: Ring;

  constructor(connections: Ring, scans: Ring) {
    this.#connections = connections;
    this.#scans = scans;
  }

  drainConnections(visit: (bytes: Uint8Array, offset: number) => void): number {
    return this.#connections.read(visit);
  }

  drainScans(visit: (bytes: Uint8Array, offset: number) => void): number {
    return this.#scans.read(visit);
  }

  scansWaiting(): Promise<boolean> {
    return this.#scans.wait();
  }
}
