import { lstatSync, unlinkSync } from 'node:fs';
import { connectTo } from './connect.ts';

/** Sets the umask of the process and returns the old one. */
export type Umask = (mask: number) => number;

/** Opens a socket that has this mode from its first moment on: `open` binds it before it returns. */
export function openWithMode(mode: number, umask: Umask, open: () => unknown): void {
  const before = umask(0o777 & ~mode);
  try {
    open();
  } finally {
    umask(before);
  }
}

/**
 * Removes a socket that nobody listens on any more. What is there otherwise stays.
 *
 * @throws a `NodeJS.ErrnoException`: EADDRINUSE if somebody listens, ENOTSOCK if it is something else
 */
export async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw refused('ENOTSOCK', path);
  if (await isListenedOn(path)) throw refused('EADDRINUSE', path);
  unlinkSync(path);
}

async function isListenedOn(path: string): Promise<boolean> {
  try {
    (await connectTo(path)).destroy();
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ECONNREFUSED') return false;
    // Somebody listens, and has too many waiting.
    if (code === 'EAGAIN') return true;
    throw error;
  }
}

const refused = (code: string, path: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: ${path}`), { code });
