import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Accel } from '../machine.ts';
import { classify, type End } from '../death.ts';
import type { Cell } from '../types.ts';
import { Watchdog } from '../watchdog.ts';
import { follow } from './console.ts';
import { Libvirt } from './libvirt.ts';
import { Machine } from './machine.ts';

/** Milliseconds for `vagrant up`. */
const upLimitMs = 10 * 60_000;

export interface CellOptions {
  readonly cell: Cell;
  readonly accel: Accel;
  readonly limitMs: number;
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  progress(line: string): void;
  /** What Vagrant and the guest's console say, and the events of the guest side. */
  log(chunk: Uint8Array): void;
  result(chunk: Uint8Array): void;
}

/** Brings a machine up, runs the guest side, destroys it. Never rejects; nothing that it started is left. */
export async function runCell(options: CellOptions): Promise<End> {
  const { cell, accel, signal } = options;
  const folder = await mkdtemp(join(tmpdir(), 'scanward-vagrant-'));
  const stop = new AbortController();
  const end = () => stop.abort();
  const watchdog = new Watchdog(options.limitMs, options.silenceMs, end);
  const heard = (take: (chunk: Uint8Array) => void) => (chunk: Uint8Array) => {
    watchdog.sign();
    take(chunk);
  };
  const log = heard((chunk) => options.log(chunk));
  let console = '';
  const gone = new AbortController();
  const listen = (chunk: Uint8Array) => {
    log(chunk);
    console += Buffer.from(chunk).toString('latin1');
    // Such a kernel waits for ever, and so would ssh.
    if (classify({ how: 'ended' }, console, true).death === 'panic') end();
  };
  const following = follow(join(folder, 'console'), listen, gone.signal);
  let libvirt: Libvirt | undefined;
  signal.addEventListener('abort', end);
  try {
    signal.throwIfAborted();
    libvirt = await Libvirt.start(folder);
    const machine = new Machine({ cell, accel, folder, libvirt, log });
    options.progress('vagrant up');
    try {
      // Its own limit, since emulation and a box to unpack take their time; then that of the guest side begins.
      await machine.up(AbortSignal.any([stop.signal, AbortSignal.timeout(upLimitMs)]));
      watchdog.start();
      options.progress('vagrant ssh');
      await machine.run(
        heard((chunk) => options.result(chunk)),
        stop.signal,
      );
    } finally {
      watchdog.stop();
      options.progress('vagrant destroy');
      await machine.destroy(signal);
    }
    return watchdog.why === undefined ? { how: 'ended' } : { how: 'limit', why: watchdog.why };
  } catch (error) {
    if (signal.aborted) return { how: 'failed', why: 'interrupted' };
    if (watchdog.why !== undefined) return { how: 'limit', why: watchdog.why };
    return { how: 'failed', why: (error as Error).message };
  } finally {
    signal.removeEventListener('abort', end);
    watchdog.stop();
    await libvirt?.stop();
    gone.abort();
    await following;
    await rm(folder, { recursive: true, force: true });
  }
}
