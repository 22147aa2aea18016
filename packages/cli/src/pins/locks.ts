import { setTimeout as sleep } from 'node:timers/promises';
import { statSync } from 'node:fs';
import { type Lock, lockDirectory } from '@scanward/loader-native';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import { readText } from '../system/proc.ts';
import { inodeOf, type Place } from './place.ts';

const RETRY_MS = 10;
const PATIENCE_MS = 5_000;
const PROBES = 20;

/** Stops the whole process: for a start, which has nothing else to do. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** A daemon that runs. */
export interface RunningDaemon {
  /** Undefined where /proc does not tell, as of another PID namespace. */
  readonly pid: number | undefined;
}

/** The daemon that holds this instance. */
export function daemonOf(place: Place): RunningDaemon | undefined {
  return unlessGone(() => {
    const lock = lockDirectory(place.folder);
    lock?.close();
    return lock ? undefined : { pid: holderOf(place.folder) };
  });
}

/** Undefined when a folder is not there, or is removed meanwhile, as by a daemon that stops. */
export function unlessGone<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Who holds the lock of a folder, as /proc/locks tells. */
export function holderOf(folder: string, locks = readText('/proc/locks') ?? ''): number | undefined {
  const { dev, ino } = statSync(folder);
  for (const line of locks.split('\n')) {
    const [, pid, major, minor, inode] = /FLOCK +\S+ +WRITE +(\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) /.exec(line) ?? [];
    const isIt = Number(inode) === ino && deviceOf(major, minor) === dev && !line.includes('->');
    if (isIt && Number(pid) > 0) return Number(pid);
  }
  return undefined;
}

/** As stat(2) writes it. */
function deviceOf(major = '', minor = ''): number {
  const [high, low] = [Number.parseInt(major, 16), Number.parseInt(minor, 16)];
  return high * 256 + (low & 0xff) + (low >>> 8) * 2 ** 20;
}

/**
 * The right to run this instance, or to remove it: held as long as the process lives. Its folder has to be there.
 * @throws OperatorError `busy`
 */
export function lockForDaemon(place: Place): Lock {
  // Whoever asks whether a daemon runs holds it for a moment.
  for (let tries = 0; tries < PROBES; tries++) {
    const lock = lockDirectory(place.folder);
    if (lock) return lock;
    pause(RETRY_MS);
  }
  const pid = holderOf(place.folder);
  const who = pid === undefined ? 'another process' : `another process (pid ${pid})`;
  const todo = `${who} runs it: stop that one first, or choose another --name`;
  throw new OperatorError(ExitCode.busy, `taking instance ${place.name}`, todo);
}

/** The right to replace a set: nobody may change what stands in its maps meanwhile. Stops the process until it is to be had. @throws OperatorError `busy` */
export function lockOfSet(folder: string): Lock {
  for (let waited = 0; waited <= PATIENCE_MS; waited += RETRY_MS) {
    const lock = lockDirectory(folder);
    if (lock) return lock;
    pause(RETRY_MS);
  }
  throw stillChanging(folder, 'replacing the instance');
}

function stillChanging(folder: string, attempted: string): OperatorError {
  const pid = holderOf(folder);
  const who = pid === undefined ? 'somebody else' : `process ${pid}`;
  return new OperatorError(ExitCode.busy, attempted, `${who} is changing it for more than 5 s: try again`);
}

/**
 * The right to change what stands in the maps.
 * @param inode of the folder when it was opened: another set may have taken its place since
 * @throws OperatorError `busy`
 */
export async function lockForChange(folder: string, inode: bigint | undefined): Promise<Lock> {
  const attempted = 'changing the instance';
  for (let waited = 0; waited <= PATIENCE_MS; waited += RETRY_MS) {
    const lock = inodeOf(folder) === inode ? unlessGone(() => lockDirectory(folder)) : undefined;
    if (lock && inodeOf(folder) === inode) return lock;
    lock?.close();
    if (inodeOf(folder) !== inode) {
      throw new OperatorError(ExitCode.busy, attempted, 'a daemon has replaced or removed it meanwhile: try again');
    }
    await sleep(RETRY_MS);
  }
  throw stillChanging(folder, attempted);
}
