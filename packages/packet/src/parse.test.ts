import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';
import { buildFrame } from './build.ts';
import { checksum } from './checksum.ts';
import type { ExtensionDescription, FrameDescription, Ipv4Description, Ipv6Description } from './description.ts';
import { parseFrame } from './parse.ts';
import { EtherType, TcpFlag } from './protocol.ts';

const v4: Ipv4Description = { kind: 'ipv4', source: '192.0.2.56', destination: '10.0.0.5' };
const v6: Ipv6Description = { kind: 'ipv6', source: '2001:db8::1', destination: '2001:db8::2' };
const syn = { kind: 'tcp', sourcePort: 5973, destinationPort: 80, sequence: 0xfedcba98 } as const;

const parse = (frame: FrameDescription) => parseFrame(buildFrame(frame));
const withExtensions = (...extensions: ExtensionDescription[]) =>
  parse({ network: { ...v6, extensions }, transport: syn });

describe('a SYN', () => {
  it('is read over IPv4', () => {
    expect(parse({ network: v4, transport: syn })).toEqual({
      class: 'syn',
      frameLength: 54,
      source: parseAddress('192.0.2.56'),
      destination: parseAddress('10.0.0.5'),
      protocol: 6,
      isCut: false,
      sourcePort: 5973,
      destinationPort: 80,
      sequence: 0xfedcba98,
      flags: TcpFlag.syn,
      hasPayload: false,
      kind: 'syn',
      isChecksumWrong: false,
      vlanTags: 0,
      extensionHeaders: 0,
      branches: ['ipv4', 'tcp-syn'],
    });
  });

  it('is read over IPv6, behind VLAN tags, IPv4 options and padding', () => {
    expect(parse({ network: v6, transport: syn })).toMatchObject({ class: 'syn', source: parseAddress('2001:db8::1') });
    expect(parse({ vlans: [{}, { protocol: EtherType.serviceVlan }], network: v4, transport: syn })).toMatchObject({
      class: 'syn',
      vlanTags: 2,
    });
    const options = new Uint8Array(37).fill(1);
    expect(parse({ network: { ...v4, options }, transport: syn, padding: 6 }).class).toBe('syn');
  });

  it('is one with ECN flags, and none with ACK or without SYN', () => {
    const flags = (bits: number) => parse({ network: v4, transport: { ...syn, flags: bits } });
    expect(flags(TcpFlag.syn | TcpFlag.ece | TcpFlag.cwr).class).toBe('syn');
    expect(flags(TcpFlag.syn | TcpFlag.ack)).toMatchObject({ class: 'not-syn', destinationPort: 80, flags: 0x12 });
    expect(flags(0).class).toBe('not-syn');
  });

  it('may have its options outside the part that can be read', () => {
    const frame = buildFrame({ network: v4, transport: { ...syn, options: new Uint8Array(20) } });
    expect(parseFrame(frame.subarray(0, 54), frame.length)).toMatchObject({ class: 'syn', frameLength: frame.length });
    expect(parseFrame(frame.subarray(0, 53), frame.length).class).toBe('malformed');
    expect(parseFrame(frame.subarray(0, 54)).branches).toEqual(['ipv4-total-beyond-frame']);
  });
});

describe('a checksum', () => {
  const wrong = { checksum: 0x1234 };
  it.each([
    ['TCP over IPv4', { network: v4, transport: syn }],
    ['TCP over IPv6', { network: v6, transport: syn }],
    ['UDP over IPv4', { network: v4, transport: { kind: 'udp', sourcePort: 1, destinationPort: 2 } }],
    ['UDP over IPv6', { network: v6, transport: { kind: 'udp', sourcePort: 1, destinationPort: 2 } }],
  ] as [string, FrameDescription][])('of %s', (_, { network, transport }) => {
    for (let length = 0; length < 40; length++) {
      const long = { ...transport, payload: new Uint8Array(length).fill(0xfe) } as FrameDescription['transport'];
      expect(parse({ network, transport: long! }).isChecksumWrong).toBe(false);
      expect(parse({ network, transport: { ...long!, ...wrong } })).toMatchObject({
        isChecksumWrong: true,
        class: transport!.kind === 'tcp' ? 'not-syn' : 'not-tcp',
      });
    }
  });

  it('may be the sum of the pseudo header alone: the rest is left to the network card', () => {
    const tail = Uint8Array.of(0, 20, 0, 6);
    for (const network of [v4, v6]) {
      const [source, destination] = [network.source as string, network.destination as string].map(parseAddress);
      const half = checksum(source!, destination!, tail) ^ 0xffff;
      expect(parse({ network, transport: { ...syn, checksum: half } })).toMatchObject({ class: 'syn' });
      expect(parse({ network, transport: { ...syn, checksum: half ^ 1 } }).isChecksumWrong).toBe(true);
    }
  });

  it('of UDP may be left out over IPv4, and not over IPv6', () => {
    const transport = { kind: 'udp', sourcePort: 1, destinationPort: 2, checksum: 0 } as const;
    expect(parse({ network: v4, transport }).isChecksumWrong).toBe(false);
    expect(parse({ network: v6, transport }).isChecksumWrong).toBe(true);
  });

  it('of a fragment, of more than 512 bytes, or of what cannot be read whole is taken for right', () => {
    expect(parse({ network: { ...v4, moreFragments: true }, transport: { ...syn, ...wrong } }).class).toBe('syn');
    const of = (bytes: number) => ({
      network: v4,
      transport: { ...syn, ...wrong, payload: new Uint8Array(bytes - 20) },
    });
    expect(parse(of(512)).class).toBe('not-syn');
    expect(parse(of(513)).class).toBe('syn');
    const frame = buildFrame(of(512));
    expect(parseFrame(frame.subarray(0, frame.length - 1), frame.length).class).toBe('syn');
  });
});

describe('UDP', () => {
  const udp = { kind: 'udp', sourcePort: 53, destinationPort: 40_000, payload: new Uint8Array(4) } as const;
  it('has ports', () => {
    expect(parse({ network: v4, transport: udp })).toMatchObject({
      class: 'not-tcp',
      kind: 'udp',
      protocol: 17,
      sourcePort: 53,
      destinationPort: 40_000,
    });
    expect(parse({ network: { ...v4, moreFragments: true }, transport: { ...udp, length: 2_000 } }).kind).toBe('udp');
    expect(withUdp(v6, 0).kind).toBe('udp');
  });

  const withUdp = (network: Ipv4Description | Ipv6Description, length: number) =>
    parse({ network, transport: { ...udp, length } });
  it.each([
    [v4, 0],
    [v4, 7],
    [v4, 13],
    [v6, 13],
  ])('of a length that cannot be has none', (network, length) => {
    const parsed = withUdp(network, length);
    expect(parsed).toMatchObject({ class: 'not-tcp' });
    expect([parsed.kind, parsed.destinationPort]).toEqual([undefined, undefined]);
  });

  it('is too short below eight bytes', () => {
    expect(parse({ network: { ...v4, totalLength: 27 }, transport: udp }).branches.at(-1)).toBe('udp-short');
    const frame = buildFrame({ network: v4, transport: udp });
    expect(parseFrame(frame.subarray(0, 41), frame.length).branches.at(-1)).toBe('udp-short');
  });
});

describe('what is no IP', () => {
  it.each([
    ['ARP', { network: { kind: 'raw', protocol: EtherType.arp, bytes: new Uint8Array(28) } }],
    ['a third VLAN tag', { vlans: [{}, {}, {}], network: v4, transport: syn }],
  ] as [string, FrameDescription][])('%s', (_, frame) => expect(parse(frame).class).toBe('not-ip'));

  it('a frame that ends in the Ethernet header or in a tag is malformed', () => {
    const frame = buildFrame({ vlans: [{}], network: v4, transport: syn });
    expect(parseFrame(frame.subarray(0, 13)).branches).toEqual(['ethernet-short']);
    expect(parseFrame(frame.subarray(0, 17)).branches).toEqual(['vlan-short']);
  });
});

describe('a malformed IP header', () => {
  it.each([
    ['ipv4-version', { network: { ...v4, version: 5 }, transport: syn }],
    ['ipv6-version', { network: { ...v6, version: 4 }, transport: syn }],
    ['ipv6-source-mapped', { network: { ...v6, source: parseAddress('192.0.2.1') }, transport: syn }],
  ] as [string, FrameDescription][])('%s names no source', (branch, frame) => {
    const parsed = parse(frame);
    expect(parsed).toMatchObject({ class: 'malformed', branches: [branch] });
    expect(parsed.source).toBeUndefined();
  });

  it.each([
    ['ipv4-header-length', { network: { ...v4, headerWords: 4 }, transport: syn }],
    ['ipv4-total-below-header', { network: { ...v4, totalLength: 19 }, transport: syn }],
    ['ipv4-total-beyond-frame', { network: { ...v4, totalLength: 41 }, transport: syn }],
    ['ipv6-payload-zero', { network: { ...v6, payloadLength: 0 }, transport: syn }],
    ['ipv6-payload-beyond-frame', { network: { ...v6, payloadLength: 21 }, transport: syn }],
  ] as [string, FrameDescription][])('%s still says whose it is', (branch, frame) => {
    const source = parseAddress(branch.startsWith('ipv4') ? '192.0.2.56' : '2001:db8::1');
    expect(parse(frame)).toMatchObject({ class: 'malformed', branches: [branch], source });
  });

  it('an IPv6 payload of length zero ends with the frame where hop-by-hop options come first', () => {
    const extensions: ExtensionDescription[] = [{ kind: 'hop-by-hop' }];
    expect(parse({ network: { ...v6, extensions, payloadLength: 0 }, transport: syn })).toMatchObject({
      class: 'syn',
      branches: ['ipv6-payload-to-frame-end', 'extension-hop-by-hop', 'tcp-syn'],
    });
  });

  it('too short to read', () => {
    expect(parseFrame(buildFrame({ network: v4 }).subarray(0, 33), 34).branches).toEqual(['ipv4-short']);
    expect(parseFrame(buildFrame({ network: v6, transport: syn }).subarray(0, 53), 74).branches).toEqual([
      'ipv6-short',
    ]);
    const options = buildFrame({ network: { ...v4, options: new Uint8Array(8) }, transport: syn });
    expect(parseFrame(options.subarray(0, 41), options.length).branches).toEqual(['ipv4-options-short']);
  });
});

describe('a fragment', () => {
  it('that is not the first has no ports, but a source', () => {
    const parsed = parse({ network: { ...v4, fragmentOffset: 1 }, transport: syn });
    expect(parsed).toMatchObject({ class: 'fragment', source: parseAddress('192.0.2.56') });
    expect(parsed.destinationPort).toBeUndefined();
    expect(withExtensions({ kind: 'fragment', offset: 1 }).class).toBe('fragment');
  });

  it('that is the first is read like a whole packet', () => {
    expect(parse({ network: { ...v4, moreFragments: true }, transport: syn }).class).toBe('syn');
    expect(withExtensions({ kind: 'fragment', moreFragments: true }).class).toBe('syn');
  });

  it('that ends in the TCP header is a SYN if its flags say so, or if it ends before them', () => {
    const cut = (left: number, flags: number = TcpFlag.syn) =>
      parse({ network: { ...v4, moreFragments: true, totalLength: 20 + left }, transport: { ...syn, flags } });
    expect(cut(7).class).toBe('malformed');
    for (const left of [8, 15]) {
      expect(cut(left, TcpFlag.ack)).toMatchObject({ class: 'syn', kind: 'fragment', destinationPort: 80 });
      expect(cut(left).sequence).toBe(0xfedcba98);
      expect(cut(left).flags).toBeUndefined();
    }
    expect(cut(16)).toMatchObject({ class: 'syn', flags: TcpFlag.syn });
    expect(cut(16, TcpFlag.ack).class).toBe('not-syn');
    const ipv6 = { ...v6, extensions: [{ kind: 'fragment', moreFragments: true }], payloadLength: 8 + 8 } as const;
    expect(parse({ network: ipv6, transport: syn }).branches.at(-1)).toBe('tcp-cut-before-flags');
  });

  it('whose TCP options come later is read, one whose header is too short is malformed', () => {
    const options = new Uint8Array(20);
    const network = { ...v4, moreFragments: true, totalLength: 44 };
    expect(parse({ network, transport: { ...syn, options } }).class).toBe('syn');
    expect(parse({ network, transport: { ...syn, options, headerWords: 4 } }).branches.at(-1)).toBe(
      'tcp-header-length',
    );
  });

  it('that is a whole packet and ends in the TCP header is malformed', () => {
    expect(parse({ network: { ...v4, totalLength: 36 }, transport: syn })).toMatchObject({
      class: 'malformed',
      source: parseAddress('192.0.2.56'),
    });
    expect(withExtensions({ kind: 'fragment' }).branches.at(-1)).toBe('tcp-syn');
  });
});

describe('IPv6 extension headers', () => {
  it('of every kind and length are passed', () => {
    const kinds = ['hop-by-hop', 'routing', 'destination', 'mobility', 'hip', 'shim6', 'authentication'] as const;
    for (const kind of kinds) {
      expect(withExtensions({ kind, content: new Uint8Array(30) })).toMatchObject({
        class: 'syn',
        extensionHeaders: 1,
      });
    }
    expect(withExtensions(...kinds.map((kind) => ({ kind })), { kind: 'fragment' })).toMatchObject({
      class: 'syn',
      extensionHeaders: 8,
    });
  });

  it('are at most eight', () => {
    const nine = Array.from({ length: 9 }, () => ({ kind: 'destination' }) as const);
    expect(withExtensions(...nine)).toMatchObject({ class: 'malformed', extensionHeaders: 8 });
  });

  it('must fit into what can be read, and into the payload', () => {
    expect(withExtensions({ kind: 'destination', length: 200 }).branches.at(-1)).toBe('extension-short');
    const frame = buildFrame({ network: { ...v6, extensions: [{ kind: 'destination' }] }, transport: syn });
    expect(parseFrame(frame.subarray(0, 61), frame.length).branches.at(-1)).toBe('extension-short');
    const beyond = parse({ network: { ...v6, payloadLength: 7, extensions: [{ kind: 'hip' }] }, transport: syn });
    expect(beyond.branches.at(-1)).toBe('extension-beyond-payload');
  });

  it('end at what is no TCP', () => {
    expect(parse({ network: v6, transport: { kind: 'icmp' } }).class).toBe('not-tcp');
    expect(parse({ network: { ...v4, protocol: 51 }, transport: syn }).class).toBe('not-tcp');
  });
});

describe('a TCP header', () => {
  it('has at least 20 bytes, all within the payload', () => {
    const words = (headerWords: number) => parse({ network: v4, transport: { ...syn, headerWords } }).branches.at(-1);
    expect(words(4)).toBe('tcp-header-length');
    expect(words(6)).toBe('tcp-options-beyond-payload');
    const short = parse({ network: { ...v4, totalLength: 39 }, transport: syn });
    expect(short.branches.at(-1)).toBe('tcp-beyond-payload');
  });
});

it('refuses a frame that is shorter than its bytes', () => {
  expect(() => parseFrame(new Uint8Array(20), 19)).toThrow(RangeError);
  expect(() => parseFrame(new Uint8Array(20), NaN)).toThrow(RangeError);
});
