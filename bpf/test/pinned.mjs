// The thread of one CPU: runs the frames that it is given, one at a time. See pinned.ts.
import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { workerData } from 'node:worker_threads';
import { testRun } from './test-run.mjs';

const { cpu, shared, State } = workerData;
const [STATE, FD, LENGTH, ACTION, HEAD] = [0, 1, 2, 3, 4];
const words = new Int32Array(shared, 0, HEAD);
const room = new Uint8Array(shared, 4 * HEAD);

// Only the thread itself can be asked which one it is.
execFileSync('taskset', ['-cp', String(cpu), basename(readlinkSync('/proc/thread-self'))]);

let state = State.starting;
while (state !== State.ended) {
  if (state === State.asked) words[ACTION] = testRun(words[FD], room.slice(0, words[LENGTH]));
  // Not when the test has ended it meanwhile.
  Atomics.compareExchange(words, STATE, state, State.done);
  Atomics.notify(words, STATE);
  Atomics.wait(words, STATE, State.done);
  state = Atomics.load(words, STATE);
}
