import { endianness, release } from 'node:os';
import type { System } from '../run.ts';
import { systemClock } from '../system/clock.ts';
import { readText } from '../system/proc.ts';
import { attacher, attachProgram } from './attach.ts';
import { load } from './load.ts';
import { nativeNetwork } from './native-network.ts';
import { stdoutReaderGone } from './reader-gone.ts';

/** The machine that this process runs on. */
export const nativeSystem: System = {
  clock: systemClock,
  readText,
  release: release(),
  network: nativeNetwork,
  arrayBytes: () => process.memoryUsage().arrayBuffers,
  load: (options) => load(options, endianness() === 'LE' ? 'little' : 'big'),
  attach: (loaded, options) => attacher(attachProgram(loaded.program), options),
  stdoutClosed: (cancel) => stdoutReaderGone(cancel, readText),
};
