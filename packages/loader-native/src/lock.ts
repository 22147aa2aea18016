import { Descriptor } from './descriptor.ts';
import { errnoName } from './kernel/errno.ts';
import { nativeSys } from './sys/native-sys.ts';
import type { Sys } from './sys/sys.ts';

// Of <sys/file.h>.
const LOCK_EX = 2;
const LOCK_NB = 4;

/** A lock that this process holds. The kernel releases it when the process ends in whatever way. */
export interface Lock extends Disposable {
  /** Releases it. Idempotent. */
  close(): void;
}

/** A folder could not be locked, and not because somebody else holds it. Test `code`, never the message. */
export class LockError extends Error {
  override readonly name = 'LockError';
  readonly path: string;
  /** Such as `ENOENT` or `EACCES`. */
  readonly code: string;

  constructor(path: string, errno: number) {
    super(`locking ${path}: ${errnoName(errno)}`);
    this.path = path;
    this.code = errnoName(errno);
  }
}

/**
 * Locks a folder for this process alone (flock(2), which works on a BPF file system too); never waits. It is advisory: it
 * keeps out only those who ask for it.
 * @returns undefined when somebody else holds it, be it in this process
 * @throws LockError
 */
export function lockDirectory(path: string, sys: Sys = nativeSys): Lock | undefined {
  const fd = sys.openFolder(path);
  if (fd < 0) throw new LockError(path, -fd);
  const result = sys.flock(fd, LOCK_EX | LOCK_NB);
  if (result === 0) return new Descriptor(sys, fd, `lock of ${path}`);
  sys.close(fd);
  if (errnoName(-result) === 'EAGAIN') return undefined;
  throw new LockError(path, -result);
}
