import { describe, expect, it } from 'vitest';
import { syn } from '../test/parsed.ts';
import { host, policy, SECOND_NS, SECRET, VICTIM } from '../test/sample.ts';
import { kindCode, type ProbeKind } from './kind.ts';
import type { ParsedPacket } from './records.ts';
import { Reference, type ReferencePolicy } from './reference.ts';
import { PortState, SocketState } from './socket.ts';
import { Verdict } from './verdict.ts';

const START = 1_000n * SECOND_NS;
const ACK = 0x10;
const SEQUENCE = 5_000;

/** State of the socket at each port. */
type Sockets = Record<number, number>;

function make(changes: Partial<ReferencePolicy> = {}, sockets: Sockets = {}): Reference {
  const reference = new Reference({
    policy: { ...policy(), mode: 'kernel', threshold: 3, ephemeral: [32_768, 60_999], ...changes },
    ...{ secret: SECRET, sourceSets: 16, singleLines: 64, synLines: 64 },
    sockets: ({ destinationPort }) => sockets[destinationPort] ?? SocketState.none,
  });
  reference.local.add({ address: VICTIM, bits: 128 });
  return reference;
}

function probe(kind: ProbeKind, port: number, changes: Partial<ParsedPacket> = {}): ParsedPacket {
  const udp = { class: 'not-tcp', protocol: 17 } as const;
  const flags = kind === 'ack' ? ACK : 0;
  return syn(7, port, {
    class: 'not-syn',
    flags,
    kind,
    sequence: SEQUENCE,
    ...(kind === 'udp' ? udp : {}),
    ...changes,
  });
}
const verdictOf = (reference: Reference, packet: ParsedPacket) => reference.packet(packet, START).verdict;
const connected = (port: number): ParsedPacket => syn(7, port, { sequence: SEQUENCE - 1 });

const KINDS = ['fin', 'null', 'xmas', 'maimon', 'ack', 'odd', 'udp'] as const;
const LATE: readonly ProbeKind[] = ['fin', 'maimon', 'ack', 'udp'];

describe.each(KINDS)('%s', (kind) => {
  const otherwise = kind === 'udp' ? Verdict.passNotTcp : Verdict.passNotSyn;

  it('to a port that nobody owns is told, and four of them are a scan of that kind', () => {
    const reference = make();
    const outcomes = [1, 2, 3, 4].map((port) => reference.packet(probe(kind, port), START));
    expect(outcomes[0]).toMatchObject({
      verdict: Verdict.passProbe,
      connection: { kind: kindCode(kind), portState: PortState.closed, destinationPort: 1 },
    });
    expect(outcomes[3]).toMatchObject({ verdict: Verdict.dropThreshold, scan: { kind: kindCode(kind), outcome: 1 } });
    expect(outcomes[3]!.connection).toBeUndefined();
  });

  it('counts as nothing when it is for another host, or broken, or owned', () => {
    const reference = make({}, { 1: SocketState.timeWait, 2: SocketState.newSynReceived, 3: SocketState.established });
    for (const port of [1, 2, 3]) expect(reference.packet(probe(kind, port), START)).toEqual({ verdict: otherwise });
    expect(reference.packet(probe(kind, 9, { isChecksumWrong: true }), START)).toEqual({ verdict: otherwise });
    reference.local.clear();
    expect(reference.packet(probe(kind, 9), START)).toEqual({ verdict: otherwise });
    expect(reference.counters.verdicts[otherwise]!.packets).toBe(5n);
  });

  it(`to an ephemeral port ${LATE.includes(kind) ? 'never counts' : 'counts: nobody sends it late'}`, () => {
    const counts = LATE.includes(kind) ? otherwise : Verdict.passProbe;
    for (const port of [32_768, 60_999]) expect(verdictOf(make(), probe(kind, port))).toBe(counts);
    for (const port of [32_767, 61_000]) expect(verdictOf(make(), probe(kind, port))).toBe(Verdict.passProbe);
  });

  it('to a listener counts, but not with evidence closed', () => {
    const sockets = { 9: SocketState.listen };
    expect(make({}, sockets).packet(probe(kind, 9), START).connection).toMatchObject({ portState: PortState.open });
    expect(verdictOf(make({ evidence: 'closed' }, sockets), probe(kind, 9))).toBe(otherwise);
  });
});

describe('what follows a SYN', () => {
  it('to a socket past the handshake is told once, as a handshake', () => {
    const reference = make({}, { 80: SocketState.established });
    reference.packet(connected(80), START);
    expect(reference.packet(probe('ack', 80), START).connection).toMatchObject({ kind: kindCode('handshake') });
    expect(reference.packet(probe('ack', 80), START)).toEqual({ verdict: Verdict.passNotSyn });
  });

  it.each([SocketState.listen, SocketState.newSynReceived, SocketState.timeWait])(
    'to a socket in state %i is neither a handshake nor a probe',
    (state) => {
      const reference = make({}, { 80: state });
      reference.packet(connected(80), START);
      expect(reference.packet(probe('ack', 80), START)).toEqual({ verdict: Verdict.passNotSyn });
      expect([...reference.forwarded]).toEqual([]);
    },
  );

  it('to no socket was answered by somebody else: the port never counts again for what may be late', () => {
    const reference = make();
    reference.packet(connected(80), START);
    expect(reference.packet(probe('ack', 80), START)).toEqual({ verdict: Verdict.passNotSyn });
    expect([...reference.forwarded]).toEqual([80]);
    expect(verdictOf(reference, probe('fin', 80))).toBe(Verdict.passNotSyn);
    expect(verdictOf(reference, probe('null', 80))).toBe(Verdict.passProbe);
    expect(verdictOf(reference, probe('udp', 80))).toBe(Verdict.passProbe);
  });
});

describe('evidence closed', () => {
  const sockets = Object.fromEntries([1, 2, 3, 4, 5].map((port) => [port, SocketState.listen]));

  it('counts SYNs to closed ports only, and tells of all what they met', () => {
    const reference = make({ evidence: 'closed' }, sockets);
    const states = [1, 2, 3, 4, 5, 6].map((port) => reference.packet(syn(7, port), START).connection!.portState);
    expect(states).toEqual([...Array<number>(5).fill(PortState.open), PortState.closed]);
  });

  it('counts what goes to other hosts, of which nothing is known', () => {
    const reference = make({ evidence: 'closed' }, sockets);
    reference.local.clear();
    const verdicts = [1, 2, 3, 4].map((port) => verdictOf(reference, syn(7, port)));
    expect(verdicts.at(-1)).toBe(Verdict.dropThreshold);
  });
});

it('a fragment that ends before the flags counts, and passes over the threshold too', () => {
  const reference = make();
  const fragment = (port: number) => syn(7, port, { kind: 'fragment', hasPayload: true, isCut: true });
  const outcomes = [1, 2, 3, 4].map((port) => reference.packet(fragment(port), START));
  expect(outcomes[3]).toMatchObject({ verdict: Verdict.passConnection, scan: { blocked: 1 } });
  expect(verdictOf(reference, fragment(5))).toBe(Verdict.dropBlocked);
});

describe('a blocked source', () => {
  const blocked = (changes: Partial<ReferencePolicy>, state: number) => {
    const reference = make(changes, { 22: state });
    reference.blocks.block(host(7), 128, START, 0n);
    return reference;
  };

  it('goes on with a session that is established, and that is not counted to its block', () => {
    const reference = blocked({ keepEstablished: true }, SocketState.established);
    expect(verdictOf(reference, probe('ack', 22))).toBe(Verdict.passEstablished);
    expect(reference.blocks.get(host(7))).toMatchObject({ packets: 0n, bytes: 0n });
    expect(verdictOf(reference, syn(7, 22))).toBe(Verdict.dropBlocked);
    expect(verdictOf(reference, probe('udp', 22))).toBe(Verdict.dropBlocked);
    expect(verdictOf(reference, probe('ack', 22, { isCut: true }))).toBe(Verdict.dropBlocked);
    expect(reference.blocks.get(host(7))).toMatchObject({ packets: 3n });
  });

  it.each([SocketState.none, SocketState.listen, SocketState.newSynReceived, SocketState.timeWait])(
    'has no session in state %i',
    (state) => expect(verdictOf(blocked({ keepEstablished: true }, state), probe('ack', 22))).toBe(Verdict.dropBlocked),
  );

  it('has none when it is told so', () => {
    expect(verdictOf(blocked({}, SocketState.established), probe('ack', 22))).toBe(Verdict.dropBlocked);
  });
});

it('a cap on new blocks: over it is dropped all the same, told once, and blocked in the next minute', () => {
  const reference = make({ threshold: 0, blocksPerMinute: 2 });
  const outcomes = [1, 2, 3].map((n) => reference.packet(syn(n, 80), START));
  expect(outcomes.map(({ verdict }) => verdict)).toEqual(Array<number>(3).fill(Verdict.dropThreshold));
  expect(outcomes.map(({ scan }) => scan!.blocked)).toEqual([1, 1, 0]);
  expect(outcomes[2]!.scan!.outcome).toBe(6);
  expect(reference.packet(syn(3, 81), START)).toEqual({ verdict: Verdict.dropThreshold });
  expect(reference.counters).toMatchObject({ blocksMade: 2n, blocksCapped: 1n });
  expect(reference.packet(syn(3, 82), START + 61n * SECOND_NS).scan).toMatchObject({ blocked: 1 });
});
