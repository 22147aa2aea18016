/** Threads that stay on one CPU each, and run a program there while the test waits. */
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

const State = { starting: 0, done: 1, asked: 2, ended: 3 } as const;
const [STATE, FD, LENGTH, ACTION, HEAD] = [0, 1, 2, 3, 4] as const;
const FRAME_BYTES_MAX = 4_096;
const PATIENCE_MS = 30_000;

/** The CPUs that this process may run on. */
export function allowedCpus(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
  });
}

class Seat {
  readonly #words: Int32Array;
  readonly #room: Uint8Array;

  constructor(cpu: number) {
    const shared = new SharedArrayBuffer(4 * HEAD + FRAME_BYTES_MAX);
    this.#words = new Int32Array(shared, 0, HEAD);
    this.#room = new Uint8Array(shared, 4 * HEAD);
    const workerData = { cpu, shared, State };
    new Worker(new URL('pinned.mjs', import.meta.url), { workerData, execArgv: [] }).unref();
  }

  /** Until the state is another one: a wake-up may be of the run before, which the thread had ended but not yet told. */
  #await(state: number): void {
    while (Atomics.load(this.#words, STATE) === state)
      if (Atomics.wait(this.#words, STATE, state, PATIENCE_MS) === 'timed-out') throw new Error('a thread hangs');
  }

  run(fd: number, frame: Uint8Array): number {
    this.#await(State.starting);
    this.#room.set(frame);
    this.#words[FD] = fd;
    this.#words[LENGTH] = frame.length;
    Atomics.store(this.#words, STATE, State.asked);
    Atomics.notify(this.#words, STATE);
    this.#await(State.asked);
    const action = this.#words[ACTION]!;
    if (action < 0) throw new Error(`BPF_PROG_TEST_RUN: errno ${-action}`);
    return action;
  }

  end(): void {
    Atomics.store(this.#words, STATE, State.ended);
    Atomics.notify(this.#words, STATE);
  }
}

/** At most four CPUs of those that there are, by their place in `numbers`. */
export class PinnedCpus implements Disposable {
  readonly numbers = allowedCpus().slice(0, 4);
  readonly #seats = this.numbers.map((cpu) => new Seat(cpu));

  /** Runs a program on a frame on `numbers[place]`; returns its XDP action. */
  run(place: number, fd: number, frame: Uint8Array): number {
    return this.#seats[place]!.run(fd, frame);
  }

  [Symbol.dispose](): void {
    for (const seat of this.#seats) seat.end();
  }
}
