import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { makeFolder } from '../system/make-folder.ts';
import type { EventHub } from './event-hub.ts';
import { openWithMode, removeStale, type Umask } from '../system/unix-socket.ts';

/** How long a slow client may take for the last lines. */
const FLUSH_MS = 500;

/** Bytes of a socket's path (unix(7)). Node cuts a longer one, and listens elsewhere. */
const PATH_MAX = 107;

/** What accepts the clients of events. */
export interface EventSocket {
  /** Nobody new is accepted, and who is there gets what waits for him, if he takes it soon. */
  close(): Promise<void>;
}

/** Somebody else listens there. */
export class SocketBusyError extends Error {}

/**
 * Accepts clients at a socket that is its owner's alone (0600). A socket that nobody listens at any more is replaced; so its
 * folder must be one that others cannot write to. What clients send is not looked at.
 *
 * @throws SocketBusyError, or what the system answers
 */
export async function listenForClients(path: string, hub: EventHub, umask: Umask): Promise<EventSocket> {
  if (Buffer.byteLength(path) > PATH_MAX) throw new Error(`its path is longer than ${PATH_MAX} bytes`);
  makeFolder(dirname(path));
  await makeWay(path);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    welcome(socket, hub);
  });
  await listening(server, path, umask);
  server.on('error', () => undefined);
  return { close: () => closeAll(server, sockets) };
}

function welcome(socket: Socket, hub: EventHub): void {
  socket.on('close', () => {
    hub.gone(socket);
  });
  socket.on('drain', () => {
    hub.drained(socket);
  });
  if (!hub.admit(socket)) socket.destroy();
  // Read and thrown away, so that it is noticed when the client goes.
  else socket.resume();
}

async function makeWay(path: string): Promise<void> {
  try {
    await removeStale(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTSOCK') throw new Error('it is there and no socket', { cause: error });
    if (code === 'EADDRINUSE') throw new SocketBusyError('another daemon listens there', { cause: error });
    throw error;
  }
}

function listening(server: Server, path: string, umask: Umask): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    openWithMode(0o600, umask, () => server.listen(path));
  });
}

async function closeAll(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  for (const socket of sockets) socket.end();
  const timer = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, FLUSH_MS);
  await closed;
  clearTimeout(timer);
}
