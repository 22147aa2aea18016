/** States of a socket as the kernel numbers them (`enum BPF_TCP_*`); 0: there is none. A UDP socket is `close`. */
export const SocketState = {
  none: 0,
  established: 1,
  synSent: 2,
  synReceived: 3,
  finWait1: 4,
  finWait2: 5,
  timeWait: 6,
  close: 7,
  closeWait: 8,
  lastAck: 9,
  listen: 10,
  closing: 11,
  /** A request that has no socket of its own yet. */
  newSynReceived: 12,
} as const;

const { none, synSent, synReceived, timeWait, listen, newSynReceived } = SocketState;
const NOT_ESTABLISHED: ReadonlySet<number> = new Set([none, synSent, synReceived, timeWait, listen, newSynReceived]);

/** Whether somebody has proven to be at the other end of a TCP socket, and the connection is not over. */
export function isEstablished(state: number): boolean {
  return state <= newSynReceived && !NOT_ESTABLISHED.has(state);
}

/** Whether a packet that is no SYN belongs to a socket in this state. A listener does not own it. */
export function isOwned(state: number): boolean {
  return state !== none && state !== listen;
}

/** `enum port_state`. */
export const PortState = { unknown: 0, open: 1, closed: 2 } as const;

/** One of {@link PortState}. */
export type PortStateCode = (typeof PortState)[keyof typeof PortState];
