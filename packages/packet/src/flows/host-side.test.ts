import { describe, expect, it } from 'vitest';
import { parseAddress } from '../address.ts';
import { buildFrame } from '../build.ts';
import type { Direction } from '../capture/captured-packet.ts';
import { parseFrame } from '../parse.ts';
import { TcpFlag } from '../protocol.ts';
import { HOST_ADDRESSES_MAX, HostSide, type Sighting } from './host-side.ts';

const mac = (n: number): Uint8Array => Uint8Array.of(2, 0, 0, 0, 0, n);
const [OURS, GATEWAY, NEIGHBOUR] = [mac(1), mac(2), mac(3)];

interface Asked {
  readonly macs?: readonly [source: Uint8Array, destination: Uint8Array];
  readonly flags?: number;
  readonly direction?: Direction;
}

function seen(source: string, destination: string, { macs, flags = TcpFlag.syn, direction }: Asked = {}): Sighting {
  const none = new Uint8Array(6);
  const bytes = buildFrame({
    ethernet: { source: macs?.[0] ?? none, destination: macs?.[1] ?? none },
    network: { kind: source.includes(':') ? 'ipv6' : 'ipv4', source, destination },
    transport: { kind: 'tcp', sourcePort: 5973, destinationPort: 80, flags },
  });
  const frame = { bytes, frameLength: bytes.length, ...(direction === undefined ? {} : { direction }) };
  return { frame, parsed: parseFrame(bytes) };
}

const ours = (side: HostSide, ...texts: string[]) => {
  expect(side.addresses()).toEqual(texts.map(parseAddress));
};
const answer = { flags: TcpFlag.syn | TcpFlag.ack };

describe('the host is', () => {
  it('who is named, and nobody else', () => {
    const side = HostSide.named([{ address: parseAddress('10.0.0.0'), bits: 104 }]);
    const sent = seen('10.1.2.3', '192.0.2.1', { macs: [OURS, GATEWAY] });
    const received = seen('192.0.2.1', '10.9.9.9', { macs: [GATEWAY, OURS] });
    expect([side.isSent(sent), side.isSent(received)]).toEqual([true, false]);
    expect(side.learn(received)).toEqual(parseAddress('10.9.9.9'));
    expect(side.learn(seen('192.0.2.1', '11.0.0.1'))).toBeUndefined();
    expect(side.isSent(seen('10.0.0.1', '10.0.0.2'))).toBe(false);
  });

  it('whose hardware takes part in most frames', () => {
    const side = HostSide.guessed([
      seen('192.0.2.1', '10.0.0.5', { macs: [GATEWAY, OURS] }),
      seen('10.0.0.5', '192.0.2.1', { macs: [OURS, GATEWAY], ...answer }),
      seen('2001:db8:1::1', '2001:db8::5', { macs: [NEIGHBOUR, OURS] }),
      seen('192.0.2.1', '224.0.0.251', { macs: [GATEWAY, Uint8Array.of(1, 0, 94, 0, 0, 251)] }),
      seen('192.0.2.1', '10.0.0.6', { macs: [GATEWAY, NEIGHBOUR] }),
    ]);
    expect(side.rule).toEqual({ by: 'hardware', address: '02:00:00:00:00:01' });
    ours(side, '10.0.0.5', '2001:db8::5');
    expect(side.isSent(seen('10.0.0.5', '10.0.0.9', { macs: [OURS, NEIGHBOUR] }))).toBe(true);
    // Forged in the name of the host.
    expect(side.isSent(seen('10.0.0.5', '10.0.0.5', { macs: [GATEWAY, OURS] }))).toBe(false);
    expect(side.learn(seen('192.0.2.1', '10.0.0.77', { macs: [GATEWAY, OURS] }))).toEqual(parseAddress('10.0.0.77'));
  });

  it('of two without hardware addresses, the one that is asked by UDP, though it was the first to speak', () => {
    const [host, peer] = ['2001:db8::1', '2001:db8::2'];
    const icmp = (source: string, destination: string, type: number): Sighting => {
      const bytes = buildFrame({
        ethernet: { source: new Uint8Array(6), destination: new Uint8Array(6) },
        network: { kind: 'ipv6', source, destination },
        transport: { kind: 'icmp', type },
      });
      return { frame: { bytes, frameLength: bytes.length }, parsed: parseFrame(bytes) };
    };
    const question = (destinationPort: number): Sighting => {
      const bytes = buildFrame({
        ethernet: { source: new Uint8Array(6), destination: new Uint8Array(6) },
        network: { kind: 'ipv6', source: peer, destination: host },
        transport: { kind: 'udp', sourcePort: 40_000, destinationPort },
      });
      return { frame: { bytes, frameLength: bytes.length }, parsed: parseFrame(bytes) };
    };
    // A neighbour advertisement, then questions that nobody takes.
    const side = HostSide.guessed([
      icmp(host, peer, 136),
      ...[53, 67, 123].flatMap((port) => [question(port), icmp(host, peer, 1)]),
    ]);
    expect(side.rule).toEqual({ by: 'address' });
    ours(side, host);
  });

  it('of two, the one that is asked', () => {
    const side = HostSide.guessed([
      seen('192.0.2.1', '10.0.0.5', { macs: [GATEWAY, OURS], ...answer }),
      seen('10.0.0.5', '192.0.2.1', { macs: [OURS, GATEWAY], ...answer }),
      seen('192.0.2.1', '10.0.0.5', { macs: [GATEWAY, OURS] }),
    ]);
    ours(side, '10.0.0.5');
  });

  it('said by the capture itself', () => {
    const side = HostSide.guessed([
      seen('192.0.2.1', '10.0.0.5', { direction: 'in' }),
      seen('2001:db8::5', '2001:db8:1::1', { direction: 'out' }),
      seen('192.0.2.7', '10.0.0.9'),
    ]);
    expect(side.rule).toEqual({ by: 'direction' });
    ours(side, '10.0.0.5', '2001:db8::5');
    expect(side.isSent(seen('10.0.0.5', '192.0.2.1', { direction: 'out' }))).toBe(true);
    expect(side.isSent(seen('10.0.0.5', '192.0.2.1', { direction: 'in' }))).toBe(false);
  });

  it('where there is no hardware, the address of each family that takes part in most packets', () => {
    const side = HostSide.guessed([
      seen('192.0.2.1', '10.0.0.5'),
      seen('192.0.2.2', '10.0.0.5'),
      seen('2001:db8::5', '2001:db8:1::1', answer),
      seen('2001:db8:1::1', '2001:db8::5'),
      seen('2001:db8:1::2', 'ff02::1'),
    ]);
    expect(side.rule).toEqual({ by: 'address' });
    ours(side, '10.0.0.5', '2001:db8::5');
    expect(side.isSent(seen('10.0.0.5', '192.0.2.1'))).toBe(true);
    expect(side.isSent(seen('10.0.0.5', '10.0.0.5'))).toBe(false);
  });

  it('nobody, where nobody speaks IP', () => {
    const bytes = Uint8Array.of(...mac(1), ...mac(2), 8, 6);
    const side = HostSide.guessed([{ frame: { bytes, frameLength: 14 }, parsed: parseFrame(bytes) }]);
    expect(side.rule).toEqual({ by: 'nothing' });
    ours(side);
  });
});

it('no more addresses are remembered than the program has room for', () => {
  const side = HostSide.guessed([seen('192.0.2.1', '10.0.0.5', { macs: [GATEWAY, OURS] })]);
  for (let i = 0; i < 5_000; i++) side.learn(seen('192.0.2.1', `10.1.${i >> 8}.${i & 255}`, { macs: [GATEWAY, OURS] }));
  expect(side.addresses()).toHaveLength(HOST_ADDRESSES_MAX);
});
