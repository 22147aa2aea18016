import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';
import { buildFrame } from './build.ts';
import { checksum } from './checksum.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('buildFrame', () => {
  // Bytes of RFC 1071's kind, summed by hand: an IPv4 header known from many textbooks.
  it('makes the IPv4 checksum', () => {
    const header = '45000073000040004011b861c0a80001c0a800c7';
    const frame = buildFrame({
      network: { kind: 'ipv4', source: '192.168.0.1', destination: '192.168.0.199', dontFragment: true },
      transport: { kind: 'udp', sourcePort: 53, destinationPort: 53, payload: new Uint8Array(115 - 28) },
    });
    expect(hex(frame.subarray(14, 34))).toBe(header);
  });

  it('makes TCP and UDP checksums that add up to zero with their pseudo header', () => {
    const addresses = { source: '2001:db8::1', destination: '2001:db8::2' };
    for (const kind of ['tcp', 'udp'] as const) {
      const transport = { kind, sourcePort: 1, destinationPort: 2, payload: Uint8Array.of(1, 2, 3) };
      const bytes = buildFrame({ network: { kind: 'ipv6', ...addresses }, transport }).subarray(54);
      const pseudo = [...parseAddress('2001:db8::1'), ...parseAddress('2001:db8::2')];
      pseudo.push(0, 0, 0, bytes.length, 0, 0, 0, kind === 'tcp' ? 6 : 17);
      expect(checksum(Uint8Array.from(pseudo), bytes)).toBe(0);
    }
  });

  it('puts VLAN tags between the addresses and the EtherType', () => {
    const frame = buildFrame({
      vlans: [{ protocol: 0x88a8, id: 7, priority: 5 }, { id: 100 }],
      network: { kind: 'raw', protocol: 0x0806, bytes: Uint8Array.of(1) },
    });
    expect(hex(frame)).toBe('020000000002' + '020000000001' + '88a8a007' + '81000064' + '0806' + '01');
  });

  it('chains extension headers and counts their lengths', () => {
    const frame = buildFrame({
      network: {
        kind: 'ipv6',
        source: 'fe80::1',
        destination: 'fe80::2',
        extensions: [
          { kind: 'hop-by-hop' },
          { kind: 'authentication', content: new Uint8Array(22) },
          { kind: 'fragment', offset: 3 },
        ],
      },
      transport: { kind: 'raw', protocol: 6, bytes: new Uint8Array(0) },
    });
    expect(frame[20]).toBe(0);
    expect(hex(frame.subarray(54, 56))).toBe('3300');
    expect(hex(frame.subarray(62, 64))).toBe('2c04');
    expect(hex(frame.subarray(86))).toBe('0600001800000000');
    expect(frame[19]).toBe(40);
  });

  it('lets a field be wrong', () => {
    const network = {
      kind: 'ipv4',
      source: '1.2.3.4',
      destination: '1.2.3.5',
      checksum: 0x1234,
      totalLength: 9,
    } as const;
    const frame = buildFrame({ network });
    expect(hex(frame.subarray(24, 26))).toBe('1234');
    expect(hex(frame.subarray(16, 18))).toBe('0009');
  });
});

describe('parseAddress', () => {
  it('reads both families', () => {
    expect(hex(parseAddress('192.0.2.1'))).toBe('00000000000000000000ffffc0000201');
    expect(hex(parseAddress('2001:db8::a:1'))).toBe('20010db80000000000000000000a0001');
    expect(hex(parseAddress('::'))).toBe('0'.repeat(32));
    expect(hex(parseAddress('1:2:3:4:5:6:7:8'))).toBe('00010002000300040005000600070008');
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.256',
    '1.2.3.4.5',
    '1:2',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'x',
    '1:2:3:4:5:6:7::8',
  ])('refuses "%s"', (text) => expect(() => parseAddress(text)).toThrow(RangeError));
});
