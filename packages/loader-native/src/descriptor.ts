import { ClosedError } from './errors.ts';
import type { Sys } from './sys/sys.ts';

/**
 * Owner of one file descriptor. Only close() closes it, never the garbage collector; afterwards its number
 * is out of reach, so that a number given away again is never touched.
 */
export class Descriptor implements Disposable {
  readonly sys: Sys;
  readonly what: string;
  #fd: number | undefined;

  constructor(sys: Sys, fd: number, what: string) {
    this.sys = sys;
    this.what = what;
    this.#fd = fd;
  }

  /** @throws ClosedError after close() */
  get fd(): number {
    if (this.#fd === undefined) throw new ClosedError(this.what);
    return this.#fd;
  }

  get closed(): boolean {
    return this.#fd === undefined;
  }

  /** Idempotent. */
  close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) this.sys.close(fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
