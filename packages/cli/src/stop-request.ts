import { ExitCode } from './exit-codes.ts';
import type { Host } from './host.ts';

/** Signals within this time of the first are the same one: Ctrl-C reaches the whole group, and npm, nx and make pass it on. */
const SAME_MS = 500;

/** Why the run ends. */
export type Stop = { readonly why: 'signal' } | { readonly why: 'stdout'; readonly error: NodeJS.ErrnoException };

/**
 * Waits for the first reason to stop. Another signal after that ends the process at once, for those who do not want to
 * wait until all is printed.
 */
export class StopRequest {
  readonly requested: Promise<Stop>;
  #resolve: (stop: Stop) => void = () => undefined;
  #firstMs: number | undefined;
  readonly #release: () => void;

  constructor(host: Pick<Host, 'onSignal' | 'exit'>, nowMs: () => number) {
    this.requested = new Promise((resolve) => (this.#resolve = resolve));
    this.#release = host.onSignal((signal) => {
      if (this.#firstMs !== undefined && nowMs() - this.#firstMs > SAME_MS) {
        host.exit(signal === 'SIGINT' ? ExitCode.interrupted : ExitCode.terminated);
      }
      this.#firstMs ??= nowMs();
      this.#resolve({ why: 'signal' });
    });
  }

  /** The reader of stdout is gone, or stdout fails. */
  closed(error: NodeJS.ErrnoException): void {
    this.#resolve({ why: 'stdout', error });
  }

  release(): void {
    this.#release();
  }
}
