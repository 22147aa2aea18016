import type { Host } from './host.ts';

/** Waits for SIGHUP from the first moment on: one that comes during a start is dealt with when somebody listens. */
export class ReloadRequest {
  #listener: (() => void) | undefined;
  #isMissed = false;
  readonly #release: () => void;

  constructor(host: Pick<Host, 'onReload'>) {
    this.#release = host.onReload(() => {
      if (this.#listener) this.#listener();
      else this.#isMissed = true;
    });
  }

  /** Calls back at each, and now if there was one already. */
  listen(listener: () => void): void {
    this.#listener = listener;
    if (this.#isMissed) listener();
    this.#isMissed = false;
  }

  /** From now on they are taken and nothing is done about them. */
  ignore(): void {
    this.#listener = () => undefined;
  }

  release(): void {
    this.#release();
  }
}
