import { TcpFlag } from '../protocol.ts';

/** States of a socket as the kernel numbers them; 0: there is none. A UDP socket is `close`. */
export const TcpState = {
  none: 0,
  established: 1,
  synSent: 2,
  synReceived: 3,
  finWait: 4,
  timeWait: 6,
  close: 7,
  closeWait: 8,
  lastAck: 9,
  listen: 10,
  newSynReceived: 12,
} as const;

export type TcpState = (typeof TcpState)[keyof typeof TcpState];

const { none, established, synSent, finWait, timeWait, closeWait, lastAck, newSynReceived } = TcpState;
const { fin, syn, rst, ack } = TcpFlag;

/** What a segment that the host sent makes of its end of the connection. */
export function afterSent(state: TcpState, flags: number): TcpState {
  if ((flags & rst) !== 0) return none;
  if ((flags & syn) !== 0) {
    if (state !== none && state !== timeWait) return state;
    return (flags & ack) === 0 ? synSent : newSynReceived;
  }
  if ((flags & fin) === 0) return state === none ? established : state;
  return state === closeWait || state === lastAck ? lastAck : state === timeWait ? timeWait : finWait;
}

/** The same for one that it received; only what has a socket changes it. */
export function afterReceived(state: TcpState, flags: number): TcpState {
  if (state === none) return none;
  if ((flags & rst) !== 0) return none;
  if ((flags & syn) !== 0) return state === synSent && (flags & ack) !== 0 ? established : state;
  if ((flags & fin) !== 0)
    return state === finWait || state === timeWait ? timeWait : state === lastAck ? state : closeWait;
  if ((flags & ack) === 0) return state;
  // The connection is over, but packets may still be on their way.
  if (state === lastAck) return timeWait;
  return state === newSynReceived ? established : state;
}
