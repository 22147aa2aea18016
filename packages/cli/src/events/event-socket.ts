import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { makeFolder } from '../system/make-folder.ts';
import type { EventHub } from './event-hub.ts';
import { connectTo } from './connect.ts';

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
export async function listenForClients(path: string, hub: EventHub): Promise<EventSocket> {
  if (Buffer.byteLength(path) > PATH_MAX) throw new Error(`its path is longer than ${PATH_MAX} bytes`);
  makeFolder(dirname(path));
  await removeStale(path);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    welcome(socket, hub);
  });
  await listening(server, path);
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

async function removeStale(path: string): Promise<void> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return;
  if (!stats.isSocket()) throw new Error('it is there and no socket');
  try {
    (await connectTo(path)).destroy();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
    unlinkSync(path);
    return;
  }
  throw new SocketBusyError('another daemon listens there');
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      chmodSync(path, 0o600);
      resolve();
    });
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
