import { lstatSync } from 'node:fs';
import { connectTo } from '../system/connect.ts';
import { isOurs } from '../system/ours.ts';
import { linesOf } from './lines-of.ts';

/** The lines that a daemon tells at its socket; they end with it, or when cancelled. */
export type ToldEvents = AsyncIterable<string>;

/** The socket belongs to somebody else, who may tell what he likes. */
export class ForeignSocketError extends Error {}

/** @throws ForeignSocketError, or what the system answers */
export async function toldEvents(path: string, cancel: AbortSignal): Promise<ToldEvents> {
  const { uid } = lstatSync(path);
  if (!isOurs(uid)) throw new ForeignSocketError('it belongs to another user');
  const socket = await connectTo(path);
  cancel.addEventListener('abort', () => socket.destroy(), { once: true });
  if (cancel.aborted) socket.destroy();
  socket.setEncoding('utf8');
  return linesOf(socket);
}
