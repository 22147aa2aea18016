import { describe, expect, it } from 'vitest';
import { buildFrame } from '../build.ts';
import type { TransportDescription } from '../description.ts';
import { parseFrame } from '../parse.ts';
import { TcpFlag } from '../protocol.ts';
import { CapturedSockets } from './captured-sockets.ts';
import { TcpState } from './tcp-state.ts';

const [HOST, PEER] = ['10.0.0.5', '192.0.2.56'];
const { syn, ack, fin, rst, psh } = TcpFlag;

interface Segment {
  readonly flags: number;
  readonly port?: number;
  readonly peerPort?: number;
  readonly sequence?: number;
  readonly payload?: number;
}

const frame = (source: string, destination: string, transport: TransportDescription): Uint8Array =>
  buildFrame({ network: { kind: 'ipv4', source, destination }, transport });
const toHost = ({ flags, port = 80, peerPort = 5973, sequence = 1, payload = 0 }: Segment): Uint8Array =>
  frame(PEER, HOST, {
    ...{ kind: 'tcp', sourcePort: peerPort, destinationPort: port, flags, sequence },
    payload: new Uint8Array(payload),
  });
const ofHost = ({ flags, port = 80, peerPort = 5973, sequence = 9, payload = 0 }: Segment): Uint8Array =>
  frame(HOST, PEER, {
    ...{ kind: 'tcp', sourcePort: port, destinationPort: peerPort, flags, sequence },
    payload: new Uint8Array(payload),
  });

/** A capture whose packets are all read before the first has its turn. */
class Tape {
  readonly sockets = new CapturedSockets();
  readonly #packets: readonly (readonly [isSent: boolean, bytes: Uint8Array])[];
  #turn = 0;

  constructor(...packets: readonly (readonly ['>' | '<', Uint8Array])[]) {
    this.#packets = packets.map(([way, bytes]) => [way === '<', bytes]);
    for (const [isSent, bytes] of this.#packets) if (isSent) this.sockets.foresee(parseFrame(bytes), bytes);
  }

  /** States of what the host received, each before it is received. */
  states(timesNs: readonly bigint[] = []): number[] {
    const states: number[] = [];
    for (const [isSent, bytes] of this.#packets) {
      const parsed = parseFrame(bytes);
      const timeNs = timesNs[this.#turn++] ?? BigInt(this.#turn);
      if (isSent) this.sockets.sent(parsed, timeNs);
      else {
        states.push(this.sockets.stateOf(parsed));
        this.sockets.received(parsed, timeNs);
      }
    }
    return states;
  }
}

const { none, established, synReceived, listen, newSynReceived, finWait, closeWait, lastAck, timeWait, close } =
  TcpState;

describe('a connection that a peer opens', () => {
  it('and ends', () => {
    const tape = new Tape(
      ['>', toHost({ flags: syn })],
      ['<', ofHost({ flags: syn | ack })],
      ['>', toHost({ flags: ack })],
      ['>', toHost({ flags: ack | psh, payload: 5 })],
      ['<', ofHost({ flags: ack | psh, payload: 5 })],
      ['>', toHost({ flags: fin | ack })],
      ['<', ofHost({ flags: fin | ack })],
      ['>', toHost({ flags: ack })],
      ['>', toHost({ flags: ack })],
    );
    expect(tape.states()).toEqual([listen, newSynReceived, established, established, lastAck, timeWait]);
  });

  it('and the host ends: what comes late belongs to it for a minute', () => {
    const tape = new Tape(
      ['<', ofHost({ flags: ack })],
      ['<', ofHost({ flags: fin | ack })],
      ['>', toHost({ flags: ack })],
      ['>', toHost({ flags: fin | ack })],
      ['>', toHost({ flags: ack })],
      ['>', toHost({ flags: ack })],
    );
    const minute = 60_000_000_000n;
    expect(tape.states([0n, 1n, 2n, 3n, 4n, 4n])).toEqual([finWait, finWait, timeWait, timeWait]);
    const late = parseFrame(toHost({ flags: ack }));
    tape.sockets.received(parseFrame(toHost({ flags: ack, peerPort: 1 })), minute + 5n);
    expect(tape.sockets.stateOf(late)).toBe(none);
  });

  it('and breaks off', () => {
    const tape = new Tape(
      ['>', toHost({ flags: syn })],
      ['<', ofHost({ flags: syn | ack })],
      ['>', toHost({ flags: rst })],
      ['>', toHost({ flags: ack })],
    );
    expect(tape.states()).toEqual([listen, newSynReceived, listen]);
  });
});

it('a connection that the host opens', () => {
  const tape = new Tape(
    ['<', ofHost({ flags: syn, port: 40_000, peerPort: 443 })],
    ['>', toHost({ flags: syn | ack, port: 40_000, peerPort: 443 })],
    ['>', toHost({ flags: ack, port: 40_000, peerPort: 443 })],
    ['>', toHost({ flags: fin | ack, port: 40_000, peerPort: 443 })],
    ['>', toHost({ flags: ack, port: 40_000, peerPort: 443 })],
  );
  expect(tape.states()).toEqual([TcpState.synSent, established, established, closeWait]);
});

it('a connection from before the capture is known by what the host will send', () => {
  const tape = new Tape(
    ['>', toHost({ flags: ack })],
    ['<', ofHost({ flags: ack, payload: 9 })],
    ['>', toHost({ flags: ack })],
  );
  expect(tape.states()).toEqual([established, established]);
});

describe('probes', () => {
  it('of a closed port have no socket, also once it was refused', () => {
    const refusal = ofHost({ flags: rst | ack, sequence: 0 });
    const tape = new Tape(['>', toHost({ flags: syn })], ['<', refusal], ['>', toHost({ flags: fin })], ['<', refusal]);
    expect(tape.states()).toEqual([none, none]);
  });

  it('of an open port meet its listener, though it refuses what has an ACK', () => {
    const tape = new Tape(
      ['>', toHost({ flags: syn })],
      ['<', ofHost({ flags: syn | ack })],
      ['>', toHost({ flags: rst })],
      ['>', toHost({ flags: ack, peerPort: 7 })],
      ['<', ofHost({ flags: rst, peerPort: 7, sequence: 0 })],
      ['>', toHost({ flags: fin, peerPort: 8 })],
    );
    expect(tape.states()).toEqual([listen, newSynReceived, listen, listen]);
  });

  it('of a port that is closed later have no socket from then on', () => {
    const { sockets } = new Tape(['<', ofHost({ flags: syn | ack })], ['<', ofHost({ flags: rst | ack, sequence: 0 })]);
    expect(sockets.stateOf(parseFrame(toHost({ flags: syn, peerPort: 3 })))).toBe(none);
  });

  it('the same SYN again does not belong to a flow that is to come', () => {
    const tape = new Tape(
      ['>', toHost({ flags: syn })],
      ['<', ofHost({ flags: syn | ack })],
      ['<', ofHost({ flags: ack })],
    );
    expect(tape.states()).toEqual([listen]);
  });
});

describe('UDP', () => {
  const ask = (port: number) => frame(PEER, HOST, { kind: 'udp', sourcePort: 5353, destinationPort: port });
  const answer = (port: number) => frame(HOST, PEER, { kind: 'udp', sourcePort: port, destinationPort: 5353 });
  const quoted = ask(54).subarray(14);
  const unreachable = frame(HOST, PEER, { kind: 'icmp', type: 3, code: 3, payload: quoted.subarray(0, 28) });

  it('has a socket where the host answers', () => {
    const tape = new Tape(['>', ask(53)], ['<', answer(53)], ['>', ask(54)], ['<', answer(54)], ['<', unreachable]);
    expect(tape.states()).toEqual([close, none]);
  });
});

describe('a capture of one direction', () => {
  it('has flows by what their peers send', () => {
    const tape = new Tape(
      ['>', toHost({ flags: ack, peerPort: 1 })],
      ['>', toHost({ flags: ack | psh, peerPort: 2, payload: 3 })],
      ['>', toHost({ flags: fin | ack, peerPort: 2 })],
      ['>', toHost({ flags: syn, peerPort: 3 })],
      ['>', toHost({ flags: ack, peerPort: 3 })],
      ['>', toHost({ flags: fin, peerPort: 4 })],
      ['>', toHost({ flags: fin, peerPort: 4 })],
    );
    expect(tape.states()).toEqual([none, none, synReceived, none, synReceived, none, none]);
    expect(tape.sockets.hasSent).toBe(false);
  });
});
