import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** The CPUs that this thread may run on, as `taskset -c` writes them. */
const allowed = (): string =>
  /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/thread-self/status', 'utf8'))![1]!;

/** Keeps this thread on one of its CPUs until it is disposed of. */
export class OneCpu implements Disposable {
  readonly #before = allowed();

  constructor() {
    this.#move(/^\d+/.exec(this.#before)![0]);
  }

  #move(cpus: string): void {
    execFileSync('taskset', ['-cp', cpus, basename(readlinkSync('/proc/thread-self'))]);
  }

  [Symbol.dispose](): void {
    this.#move(this.#before);
  }
}
