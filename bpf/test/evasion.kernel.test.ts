/** Packets that Linux takes for a SYN although they look like something else: each was seen to be answered (6.18). */
import { ProbeKind, Verdict } from '@scanward/map-codec';
import { buildFrame, type ExtensionDescription, type FrameDescription } from '@scanward/packet';
import { TestProgram } from '@scanward/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import { address, SECOND, syn } from './packets.ts';

const START = 3_600n * SECOND;
const DROP = 1;

let program: TestProgram;
afterEach(() => program.close());

const run = (frame: FrameDescription): number => program.run(buildFrame(frame)).verdict;

const ipv4 = { kind: 'ipv4', source: '192.0.2.56', destination: '10.0.0.5' } as const;
const ipv6 = { kind: 'ipv6', source: '2001:db8:bad::1', destination: '2001:db8::5' } as const;

/** The first bytes of a TCP header of 40 bytes to a port. */
const headerPart = (port: number, length: number, flags = 0x02) => {
  const whole = buildFrame({
    network: ipv4,
    transport: {
      kind: 'tcp',
      sourcePort: 40_000,
      destinationPort: port,
      sequence: port,
      flags,
      options: new Uint8Array(20),
    },
  });
  return { kind: 'raw', protocol: 6, bytes: whole.slice(34, 34 + length) } as const;
};

describe('a SYN in fragments', () => {
  test.each([8, 15])('of %i bytes (nmap -f) has no flags: it counts and is told, and always passes', (length) => {
    program = TestProgram.load({ nowNs: START });
    const first = (port: number) =>
      run({ network: { ...ipv4, moreFragments: true }, transport: headerPart(port, length) });
    expect([1, 2, 3, 4].map(first)).toEqual(Array<number>(4).fill(Verdict.PASS_CONNECTION));
    expect(program.takeScans()[0]).toMatchObject({ kind: ProbeKind.FRAGMENT, blocked: 1, portsCount: 4 });
    expect(program.takeConnections().map(({ kind }) => kind)).toEqual(Array<number>(4).fill(ProbeKind.FRAGMENT));
    expect(first(5)).toBe(Verdict.DROP_BLOCKED);
  });

  test.each([16, 24, 32, 40])('of %i bytes (nmap -f, --mtu) is a connection, and four of them a scan', (length) => {
    program = TestProgram.load({ nowNs: START });
    const first = (port: number) =>
      run({ network: { ...ipv4, moreFragments: true }, transport: headerPart(port, length) });
    expect([1, 2, 3, 4].map(first)).toEqual([
      Verdict.PASS_CONNECTION,
      Verdict.PASS_CONNECTION,
      Verdict.PASS_CONNECTION,
      Verdict.DROP_THRESHOLD,
    ]);
    expect(program.takeScans()[0]!.ports.slice(0, 4)).toEqual([4, 3, 2, 1]);
    expect(program.takeConnections()[0]).toMatchObject({ sourcePort: 40_000, destinationPort: 1 });
  });

  test.each([16, 24])('of %i bytes over IPv6', (length) => {
    program = TestProgram.load({ nowNs: START });
    const extensions: ExtensionDescription[] = [{ kind: 'fragment', moreFragments: true }];
    expect(run({ network: { ...ipv6, extensions }, transport: headerPart(80, length) })).toBe(Verdict.PASS_CONNECTION);
  });

  test('flags that are there are believed; those that Linux cuts off, because they are not in whole 8 bytes, are not', () => {
    program = TestProgram.load({ nowNs: START });
    const first = (length: number) =>
      run({ network: { ...ipv4, moreFragments: true }, transport: headerPart(length, length, 0x10) });
    expect([16, 24, 20].map(first)).toEqual([Verdict.PASS_NOT_SYN, Verdict.PASS_NOT_SYN, Verdict.PASS_NOT_SYN]);
    expect([8, 14, 15].map(first)).toEqual([Verdict.PASS_CONNECTION, Verdict.PASS_CONNECTION, Verdict.PASS_CONNECTION]);
  });

  test('too short for the ports, or not cut at all: malformed', () => {
    program = TestProgram.load({ nowNs: START });
    expect(run({ network: { ...ipv4, moreFragments: true }, transport: headerPart(80, 7) })).toBe(
      Verdict.PASS_MALFORMED,
    );
    for (const length of [8, 16, 24]) {
      expect(run({ network: ipv4, transport: headerPart(80, length) })).toBe(Verdict.PASS_MALFORMED);
      const extensions: ExtensionDescription[] = [{ kind: 'fragment' }];
      expect(run({ network: { ...ipv6, extensions }, transport: headerPart(80, length) })).toBe(Verdict.PASS_MALFORMED);
    }
  });
});

describe('an IPv6 packet whose payload length is zero', () => {
  const transport = { kind: 'tcp', sourcePort: 40_000, destinationPort: 80 } as const;

  test('ends with its frame when hop-by-hop options come first, as Linux reads it', () => {
    program = TestProgram.load({ nowNs: START });
    const extensions: ExtensionDescription[] = [{ kind: 'hop-by-hop' }];
    expect(run({ network: { ...ipv6, payloadLength: 0, extensions }, transport })).toBe(Verdict.PASS_CONNECTION);
  });

  test('is malformed otherwise', () => {
    program = TestProgram.load({ nowNs: START });
    expect(run({ network: { ...ipv6, payloadLength: 0 }, transport })).toBe(Verdict.PASS_MALFORMED);
  });
});

describe('a blocked source', () => {
  const block = (text: string): void => {
    program.setBlock(address(text), { startNs: START, expiryNs: 0n, packets: 0n, bytes: 0n, reason: 2 });
  };

  test('gets nothing through that cannot be parsed, as soon as its address can be read', () => {
    program = TestProgram.load({ nowNs: START });
    block('192.0.2.56');
    block('2001:db8:bad::');
    const transport = { kind: 'tcp', sourcePort: 40_000, destinationPort: 80 } as const;
    const frames: FrameDescription[] = [
      { network: { ...ipv4, totalLength: 19 }, transport },
      { network: { ...ipv4, totalLength: 9_000 }, transport },
      { network: { ...ipv4, headerWords: 4 }, transport },
      { network: { ...ipv4, headerWords: 15 }, transport },
      { network: { ...ipv6, payloadLength: 0 }, transport },
      { network: { ...ipv6, payloadLength: 9_000 }, transport },
    ];
    for (const frame of frames) {
      expect(program.run(buildFrame(frame)), JSON.stringify(frame)).toEqual({
        verdict: Verdict.DROP_BLOCKED,
        action: DROP,
      });
    }
    program.run(syn(80));
    expect(program.block(address('192.0.2.56'))).toMatchObject({ packets: 5n });
  });
});
