import { describe, expect, it } from 'vitest';
import { buildFrame } from '../build.ts';
import { completeFrame } from '../complete-frame.ts';
import { parseFrame } from '../parse.ts';
import { LinkType } from './link-type.ts';
import { toEthernet } from './to-ethernet.ts';

const frameOf = (family: 'ipv4' | 'ipv6', payload = 0): Uint8Array =>
  buildFrame({
    network:
      family === 'ipv4'
        ? { kind: 'ipv4', source: '192.0.2.56', destination: '10.0.0.5' }
        : { kind: 'ipv6', source: '2001:db8::1', destination: '2001:db8::5' },
    transport: { kind: 'tcp', sourcePort: 5973, destinationPort: 80, payload: new Uint8Array(payload).fill(7) },
  });
const packetOf = (frame: Uint8Array): Uint8Array => frame.subarray(14);
const cooked = (kind: number, protocol: readonly number[], rest: Uint8Array) =>
  Uint8Array.from([0, kind, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, ...protocol, ...rest]);
const cooked2 = (kind: number, protocol: readonly number[], rest: Uint8Array) =>
  Uint8Array.from([...protocol, 0, 0, 0, 0, 0, 2, 0, 1, kind, 6, 2, 0, 0, 0, 0, 1, 0, 0, ...rest]);
const V4 = packetOf(frameOf('ipv4'));
const V6 = packetOf(frameOf('ipv6'));
const IPV4 = [0x08, 0x00];
const IPV6 = [0x86, 0xdd];

describe('a SYN is read behind every link layer', () => {
  it.each<[string, number, Uint8Array, string | undefined]>([
    ['Ethernet', LinkType.ethernet, frameOf('ipv4'), undefined],
    ['Linux cooked, to us', LinkType.linuxCooked, cooked(0, IPV4, V4), 'in'],
    ['Linux cooked, of us', LinkType.linuxCooked, cooked(4, IPV6, V6), 'out'],
    ['Linux cooked, of others', LinkType.linuxCooked, cooked(3, IPV4, V4), undefined],
    ['Linux cooked with a VLAN tag', LinkType.linuxCooked, cooked(0, [0x81, 0x00, 0, 7, 0x86, 0xdd], V6), 'in'],
    ['Linux cooked v2, to us', LinkType.linuxCooked2, cooked2(0, IPV6, V6), 'in'],
    ['Linux cooked v2, of us', LinkType.linuxCooked2, cooked2(4, IPV4, V4), 'out'],
    ['raw IP, IPv4', LinkType.raw, V4, undefined],
    ['raw IP, IPv6', LinkType.raw, V6, undefined],
    ['raw IP of BSD', LinkType.rawBsd, V6, undefined],
    ['raw IP of OpenBSD', LinkType.rawOpenBsd, V4, undefined],
    ['IPv4', LinkType.ipv4, V4, undefined],
    ['IPv6', LinkType.ipv6, V6, undefined],
    ['loopback, IPv4', LinkType.null, Uint8Array.from([2, 0, 0, 0, ...V4]), undefined],
    ['loopback in the other byte order', LinkType.null, Uint8Array.from([0, 0, 0, 2, ...V4]), undefined],
    ['loopback of Linux, IPv6', LinkType.null, Uint8Array.from([10, 0, 0, 0, ...V6]), undefined],
    ['loopback of FreeBSD, IPv6', LinkType.null, Uint8Array.from([28, 0, 0, 0, ...V6]), undefined],
    ['loopback of macOS, IPv6', LinkType.loop, Uint8Array.from([0, 0, 0, 30, ...V6]), undefined],
  ])('%s', (_, linkType, bytes, direction) => {
    const frame = toEthernet({ timeNs: 0n, linkType, bytes, originalLength: bytes.length, interfaceId: 0, offset: 0 });
    expect(frame.direction).toBe(direction);
    expect(parseFrame(frame.bytes, frame.frameLength)).toMatchObject({
      class: 'syn',
      sourcePort: 5973,
      destinationPort: 80,
      isChecksumWrong: false,
    });
  });
});

describe('what is no IP', () => {
  it.each<[string, number, Uint8Array, string]>([
    ['an unknown family', LinkType.null, Uint8Array.from([7, 0, 0, 0, ...V4]), 'not-ip'],
    ['802.2 behind Linux cooked', LinkType.linuxCooked, cooked(0, [0, 4], V4), 'not-ip'],
    ['half a link layer', LinkType.linuxCooked, new Uint8Array(15), 'malformed'],
    ['half a link layer, v2', LinkType.linuxCooked2, new Uint8Array(19), 'malformed'],
    ['half a family', LinkType.null, new Uint8Array(3), 'malformed'],
    ['nothing', LinkType.raw, new Uint8Array(0), 'malformed'],
  ])('%s', (_, linkType, bytes, frameClass) => {
    const frame = toEthernet({ timeNs: 0n, linkType, bytes, originalLength: bytes.length, interfaceId: 0, offset: 0 });
    expect(parseFrame(frame.bytes, frame.frameLength).class).toBe(frameClass);
  });
});

describe('a frame that the capture cut', () => {
  it.each(['ipv4', 'ipv6'] as const)(
    'is a SYN with the same addresses and ports, and no wrong checksum (%s)',
    (family) => {
      const whole = frameOf(family, 100);
      const expected = { ...parseFrame(whole), branches: [] };
      for (let cut = family === 'ipv4' ? 48 : 68; cut < whole.length; cut++) {
        const completed = completeFrame(whole.subarray(0, cut), whole.length);
        expect({ ...parseFrame(completed), branches: [] }).toEqual(expected);
      }
    },
  );

  it('that is whole stays as it is, also with a wrong checksum', () => {
    const wrong = frameOf('ipv4').with(50, 0xee);
    expect(completeFrame(wrong, wrong.length)).toBe(wrong);
    expect(parseFrame(wrong).isChecksumWrong).toBe(true);
  });
});
