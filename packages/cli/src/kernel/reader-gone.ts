import { fstatSync } from 'node:fs';
import { nativeSys } from '@scanward/loader-native';
import type { ReadText } from '../system/proc.ts';

const STDOUT = 1;

/**
 * Resolves with `true` when the reader of stdout has closed its end, which a writer otherwise learns only by its next
 * line; with `false` when cancelled, or when stdout is no pipe. Poll(2) reports it on the writing end of a pipe whatever
 * it is asked for. Sockets are left alone: systemd shuts its own down for reading from the start.
 */
export async function stdoutReaderGone(cancel: AbortSignal, readText: ReadText): Promise<boolean> {
  if (cancel.aborted || !fstatSync(STDOUT).isFIFO() || !isWriteOnly(readText)) return false;
  const stop = () => nativeSys.cancelWait(STDOUT);
  cancel.addEventListener('abort', stop, { once: true });
  const result = await nativeSys.waitReadable(STDOUT);
  cancel.removeEventListener('abort', stop);
  return result === 1;
}

/** A pipe opened for both ways is readable as soon as it is written to. */
function isWriteOnly(readText: ReadText): boolean {
  return /^flags:\s*[0-7]*1$/m.test(readText(`/proc/self/fdinfo/${STDOUT}`) ?? '');
}
