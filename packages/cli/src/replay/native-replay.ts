import { endianness, release } from 'node:os';
import { requireCapabilities } from '../capabilities.ts';
import type { Circumstances } from '../describe-error.ts';
import { readText } from '../system/proc.ts';
import { KernelEngine } from './kernel-engine.ts';
import { captureOpener } from './open-capture.ts';
import { ReferenceEngine } from './reference-engine.ts';
import type { ReplaySystem } from './replay.ts';

const circumstances: Circumstances = {
  status: readText('/proc/self/status') ?? '',
  limits: readText('/proc/self/limits') ?? '',
  release: release(),
};

/** The machine that this process runs on. Only the engine `kernel` needs rights. */
export const nativeReplay: ReplaySystem = {
  circumstances,
  open: (abort) => captureOpener(() => process.stdin, abort),
  engine(options, sockets) {
    if (options.engine === 'ts') return new ReferenceEngine(options, sockets);
    requireCapabilities(circumstances.status);
    return new KernelEngine(options, endianness() === 'LE' ? 'little' : 'big', sockets);
  },
};
