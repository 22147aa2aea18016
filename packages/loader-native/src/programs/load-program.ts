import { VerifierError } from '../errors.ts';
import { errnoNumber } from '../kernel/errno.ts';
import { kernelError, missingCapabilities } from '../permission.ts';
import type { Sys } from '../sys/sys.ts';
import { type ProgramRequest, tryLoad } from './load-attr.ts';
import { logText, summarise } from './verifier-log.ts';

const LOG_START = 64 * 1024;
// What every kernel since 5.2 takes is a thousand times more; no log has been that long.
const LOG_MAX = 64 * 1024 * 1024;
const TRIES = 5;

// The verifier gives up with EAGAIN when a signal comes, such as Ctrl-C during a start.
function loadDespiteSignals(request: ProgramRequest, sys: Sys, log?: Uint8Array): number {
  for (let tries = 1; ; tries++) {
    const result = tryLoad(sys, request, log);
    if (result !== -errnoNumber('EAGAIN') || tries === TRIES) return result;
  }
}

/**
 * Loads an XDP program: a new descriptor.
 * @throws VerifierError when the verifier refuses it; a log is asked for only then, because it costs time
 */
export function loadProgram(request: ProgramRequest, sys: Sys): number {
  const result = loadDespiteSignals(request, sys);
  if (result >= 0) return result;
  const first = -result;
  for (let size = LOG_START; ; size *= 4) {
    const buffer = new Uint8Array(size);
    const again = loadDespiteSignals(request, sys, buffer);
    if (again >= 0) return again;
    if (again === -errnoNumber('ENOSPC') && size < LOG_MAX) continue;
    const log = logText(buffer);
    if (log === '') throw kernelError(sys, 'BPF_PROG_LOAD', first, `loading program ${request.name}`);
    throw new VerifierError(first, request.name, log, summarise(log), missingCapabilities(['CAP_PERFMON'], sys));
  }
}
