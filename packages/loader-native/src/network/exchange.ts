import { errnoName, errnoNumber } from '../kernel/errno.ts';
import { viewOf, decodeMessages, encodeMessage, fixed, Flag, type Message, Type } from './codec.ts';
import { littleEndian } from '../kernel/attr.ts';
import type { Sys } from '../sys/sys.ts';

/** The kernel refused a netlink request. Test `code`. */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  /** Such as `RTM_GETLINK`. */
  readonly request: string;
  /** The errno's name; `EAGAIN` when no answer came within five seconds. */
  readonly code: string;

  constructor(request: string, errno: number) {
    super(`${request}: ${errnoName(errno)}`);
    this.request = request;
    this.code = errnoName(errno);
  }
}

const FIRST_REPLY = 64 * 1024;
const LARGEST_REPLY = 64 * 1024 * 1024;
const DUMP_TRIES = 5;

const names: Record<number, string> = {
  [Type.GETLINK]: 'RTM_GETLINK',
  [Type.SETLINK]: 'RTM_SETLINK',
  [Type.GETADDR]: 'RTM_GETADDR',
  [Type.GETROUTE]: 'RTM_GETROUTE',
};

function receive(sys: Sys, type: number, request: Uint8Array): Uint8Array {
  for (let size = FIRST_REPLY; ; size *= 4) {
    const reply = new Uint8Array(size);
    const length = sys.netlink(request, reply);
    if (length >= 0) return reply.subarray(0, length);
    if (length !== -errnoNumber('ENOBUFS') || size >= LARGEST_REPLY) throw new NetlinkError(names[type]!, -length);
  }
}

// An error of 0 is an acknowledgement.
function refuse(type: number, message: Message): void {
  if (message.type !== Type.ERROR && message.type !== Type.DONE) return;
  if (message.type === Type.DONE && message.body.length < 4) return;
  const result = viewOf(fixed(message.body, 4)).getInt32(0, littleEndian);
  if (result < 0) throw new NetlinkError(names[type]!, -result);
}

/** Sends one request; the messages of its answer. @throws NetlinkError */
export function exchange(sys: Sys, type: number, flags: number, ...parts: readonly Uint8Array[]): Message[] {
  const messages = [...decodeMessages(receive(sys, type, encodeMessage(type, Flag.REQUEST | flags, ...parts)))];
  for (const message of messages) refuse(type, message);
  return messages;
}

/** All objects of a kind; asked again when they changed meanwhile. */
export function dump(sys: Sys, type: number, answer: number, header: Uint8Array): Message[] {
  for (let tries = 1; ; tries++) {
    const messages = exchange(sys, type, Flag.DUMP, header);
    const torn = messages.some((message) => (message.flags & Flag.DUMP_INTERRUPTED) !== 0);
    if (torn && tries < DUMP_TRIES) continue;
    return messages.filter((message) => message.type === answer);
  }
}
