import { lstatSync, unlinkSync } from 'node:fs';

/** Opens a socket that has this mode from its first moment on: `open` binds it before it returns. */
export function openWithMode(mode: number, umask: (mask: number) => number, open: () => unknown): void {
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
  const { connect } = await import('node:net');
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') resolve(false);
      // Somebody listens, and has too many waiting.
      else if (error.code === 'EAGAIN') resolve(true);
      else reject(error);
    });
  });
}

const refused = (code: string, path: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: ${path}`), { code });
