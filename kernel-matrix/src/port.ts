import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The host's end of the port on which a guest tells its results: a socket to which QEMU connects. */
export class Port {
  readonly #server = createServer((socket) => this.#connected(socket));
  readonly #take: (chunk: Uint8Array) => void;
  #closed: Promise<void> = Promise.resolve();

  constructor(take: (chunk: Uint8Array) => void) {
    this.#take = take;
  }

  async listen(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.on('error', reject);
      this.#server.listen(path, resolve);
    });
  }

  #connected(socket: Socket): void {
    socket.on('data', this.#take);
    socket.on('error', () => undefined);
    this.#closed = new Promise((resolve) => socket.on('close', () => resolve()));
  }

  /** Resolves when all that QEMU handed over before its end has been taken. */
  async drain(): Promise<void> {
    await Promise.race([this.#closed, sleep(1000, undefined, { ref: false })]);
  }

  close(): void {
    this.#server.close();
  }
}
