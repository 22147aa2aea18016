import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { start, stop, type Started } from './started.ts';

// Debian 12 has QEMU's own; it was replaced by one whose options have other names.
const daemons = {
  '/usr/lib/qemu/virtiofsd': ['-o', 'source=/', '-o', 'cache=always', '-o', 'sandbox=chroot'],
  '/usr/libexec/virtiofsd': ['--shared-dir=/', '--cache=always', '--sandbox=chroot'],
};

/** Shares the root of this machine on a socket, until it is ended. */
export class Virtiofsd {
  readonly #socket: string;
  #daemon: Started | undefined;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** Resolves when the socket is there. */
  async start(): Promise<void> {
    const found = Object.entries(daemons).find(([path]) => existsSync(path));
    if (found === undefined) throw new Error('virtiofsd is missing: install qemu-system-common, or virtiofsd');
    const [path, args] = found;
    const daemon = start(path, [`--socket-path=${this.#socket}`, ...args, '--thread-pool-size=1']);
    this.#daemon = daemon;
    // Its log is of no interest, but it must not fill a pipe.
    daemon.stdout.resume();
    const failed = daemon.end.then(({ why }) => Promise.reject(new Error(`virtiofsd: ${why}`)));
    // It ends with QEMU, which is no failure.
    failed.catch(() => undefined);
    for (const deadline = Date.now() + 10_000; !existsSync(this.#socket);) {
      if (Date.now() > deadline) throw new Error('virtiofsd made no socket in 10 s');
      await Promise.race([sleep(20), failed]);
    }
  }

  async stop(): Promise<void> {
    await stop(this.#daemon);
    // QEMU's own leaves a file with its process id.
    await rm(`/run/virtiofsd/${this.#socket.replaceAll('/', '.')}.pid`, { force: true });
  }
}
