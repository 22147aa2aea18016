import type { ParsedFrame } from '../parsed.ts';
import { Protocol, TcpFlag } from '../protocol.ts';
import { AnsweredPorts } from './answered-ports.ts';
import { BoundedMap } from './bounded-map.ts';
import { endpointKey } from './endpoint.ts';
import { afterReceived, afterSent, TcpState } from './tcp-state.ts';
import { readUnreachable } from './unreachable.ts';

/** Flows that are remembered; the one that was quiet longest is forgotten. */
const FLOWS_MAX = 65_536;
const TIME_WAIT_NS = 60_000_000_000n;

interface Flow {
  readonly state: TcpState;
  readonly timeNs: bigint;
}

/**
 * The sockets that a host must have had, by what it sent and received. Each packet that it sent is shown twice: as soon as it
 * is read (`foresee`), since the answer to a probe comes after the probe, and in its turn (`sent`).
 */
export class CapturedSockets {
  readonly #ports = new AnsweredPorts();
  readonly #flows = new BoundedMap<Flow>(FLOWS_MAX);
  /** Segments of a flow that its host will have sent, by how many of them still have their turn to come. */
  readonly #coming = new Map<string, number>();
  #nowNs = 0n;
  #hasSent = false;

  /** Whether the host sent any TCP segment: else the capture holds one direction, and nothing is known of its sockets. */
  get hasSent(): boolean {
    return this.#hasSent;
  }

  /** The host will have sent this. */
  foresee(frame: ParsedFrame, bytes: Uint8Array): void {
    this.#ports.sent(frame);
    const unreachable = frame.class === 'not-tcp' ? readUnreachable(bytes) : undefined;
    if (unreachable) this.#ports.refused(unreachable);
    if (!isSegment(frame)) return;
    this.#hasSent = true;
    if (!isOfSocket(frame)) return;
    const key = sentKey(frame);
    this.#coming.set(key, (this.#coming.get(key) ?? 0) + 1);
  }

  /** The host sent this; it was foreseen. */
  sent(frame: ParsedFrame, timeNs: bigint): void {
    this.#nowNs = timeNs;
    if (!isSegment(frame)) return;
    const key = sentKey(frame);
    this.#set(key, afterSent(this.#state(key), frame.flags ?? 0));
    if (!isOfSocket(frame)) return;
    const left = (this.#coming.get(key) ?? 1) - 1;
    if (left === 0) this.#coming.delete(key);
    else this.#coming.set(key, left);
  }

  /** The host received this, and whatever was to be decided about it is decided. */
  received(frame: ParsedFrame, timeNs: bigint): void {
    this.#nowNs = timeNs;
    if (!isSegment(frame)) return;
    const key = receivedKey(frame);
    const flags = frame.flags ?? 0;
    if (!this.#hasSent && isOfFlow(frame)) this.#set(key, TcpState.synReceived);
    else this.#set(key, afterReceived(this.#state(key), flags));
  }

  /** The state of the socket that gets a packet, numbered as in the kernel; 0: there is none. */
  stateOf(frame: ParsedFrame): TcpState {
    const { protocol, destination, destinationPort } = frame;
    if (protocol === undefined || destination === undefined || destinationPort === undefined) return TcpState.none;
    const isOpen = this.#ports.isOpen(protocol, destination, destinationPort);
    if (protocol === Protocol.udp) return isOpen ? TcpState.close : TcpState.none;
    if (isSegment(frame)) {
      const key = receivedKey(frame);
      const state = this.#state(key);
      if (state !== TcpState.none) return state;
      const isSyn = ((frame.flags ?? TcpFlag.syn) & TcpFlag.syn) !== 0;
      if (!isSyn && this.#coming.has(key)) return TcpState.established;
    }
    return isOpen ? TcpState.listen : TcpState.none;
  }

  #state(key: string): TcpState {
    const flow = this.#flows.get(key);
    if (flow === undefined) return TcpState.none;
    const isOver = flow.state === TcpState.timeWait && this.#nowNs - flow.timeNs > TIME_WAIT_NS;
    return isOver ? TcpState.none : flow.state;
  }

  #set(key: string, state: TcpState): void {
    if (state === TcpState.none) this.#flows.delete(key);
    else this.#flows.set(key, { state, timeNs: this.#nowNs });
  }
}

type Segment = ParsedFrame &
  Required<Pick<ParsedFrame, 'source' | 'destination' | 'sourcePort' | 'destinationPort' | 'sequence'>>;

function isSegment(frame: ParsedFrame): frame is Segment {
  return frame.protocol === Protocol.tcp && frame.isCut !== true && frame.sourcePort !== undefined;
}

/** Without a socket a host sends nothing but RST; a SYN+ACK only begins one. */
function isOfSocket({ flags = 0 }: ParsedFrame): boolean {
  return (flags & (TcpFlag.rst | TcpFlag.syn)) === 0;
}

/**
 * Of a capture of one direction: a SYN, or a segment of a stream, stands for a flow that nobody else proves. It owns what
 * comes after it, but is no evidence of a handshake.
 */
function isOfFlow({ flags = 0, hasPayload }: ParsedFrame): boolean {
  if ((flags & TcpFlag.rst) !== 0) return false;
  return (flags & TcpFlag.syn) !== 0 ? (flags & TcpFlag.fin) === 0 : hasPayload === true && (flags & TcpFlag.ack) !== 0;
}

function sentKey(frame: Segment): string {
  return endpointKey(frame.destination, frame.destinationPort) + endpointKey(frame.source, frame.sourcePort);
}

function receivedKey(frame: Segment): string {
  return endpointKey(frame.source, frame.sourcePort) + endpointKey(frame.destination, frame.destinationPort);
}
