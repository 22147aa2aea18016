import { describe, expect, it } from 'vitest';
import { readAll } from '../../test/read-all.ts';
import { concat } from '../bytes.ts';
import { type BlockDescription, buildPcap, buildPcapng } from './build-capture.ts';
import { BLOCK_BYTES_MAX, INTERFACES_MAX, PACKET_BYTES_MAX } from './limits.ts';

const T = 1_619_623_685_123_456_789n;
const FRAME = Uint8Array.from({ length: 61 }, (_, i) => i);
const both = [{ little: true }, { little: false }];
const u32 = (value: number): Uint8Array => Uint8Array.of(value, value >> 8, value >> 16, value >> 24);
const patched = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy.set(u32(value), at);
  return copy;
};
const refusal = (capture: Uint8Array): string => {
  const { packets, error } = readAll(capture);
  return `${packets.length} packets, ${error?.code ?? 'right'}: ${error?.message ?? ''}`;
};

describe('a pcap', () => {
  it.each(both)('of microseconds is read ($little)', ({ little }) => {
    const { packets, error } = readAll(buildPcap([{ timeNs: T, bytes: FRAME, originalLength: 99 }], { little }));
    expect(error).toBeUndefined();
    const timeNs = (T / 1_000n) * 1_000n;
    expect(packets).toEqual([{ timeNs, linkType: 1, bytes: FRAME, originalLength: 99, interfaceId: 0, offset: 24 }]);
  });

  it.each(both)('of nanoseconds is read ($little)', ({ little }) => {
    const { packets } = readAll(buildPcap([{ timeNs: T, bytes: FRAME }], { little, resolution: 'ns', linkType: 101 }));
    expect(packets).toMatchObject([{ timeNs: T, linkType: 101, originalLength: 61 }]);
  });

  it('without packets is read', () => {
    expect(readAll(buildPcap([]))).toEqual({ packets: [] });
  });

  it('says no fewer bytes than it holds', () => {
    const { packets } = readAll(buildPcap([{ timeNs: T, bytes: FRAME, originalLength: 5 }]));
    expect(packets[0]!.originalLength).toBe(61);
  });

  it('may say how long the frame check sequence is', () => {
    expect(readAll(patched(buildPcap([{ timeNs: T, bytes: FRAME }]), 20, 0x5400_0001)).packets).toHaveLength(1);
  });

  const one = buildPcap([{ timeNs: T, bytes: FRAME }]);
  it.each([
    ['no byte', new Uint8Array(0), '0 packets, empty: there is no byte in it (at byte 0)'],
    [
      'three bytes',
      one.subarray(0, 3),
      '0 packets, truncated: the capture ends within its first four bytes (at byte 0)',
    ],
    ['a header that ends', one.subarray(0, 23), '0 packets, truncated: the capture ends within its header (at byte 0)'],
    [
      'a packet that ends',
      concat([one, one.subarray(24, 24 + 76)]),
      '1 packets, truncated: the capture ends within a packet (at byte 101)',
    ],
    [
      'a packet header that ends',
      concat([one, one.subarray(24, 24 + 15)]),
      "1 packets, truncated: the capture ends within a packet's header (at byte 101)",
    ],
    [
      'a packet of 4 GiB',
      concat([one, patched(one.subarray(24), 8, 0xffff_ffff)]),
      `1 packets, packet-length: a packet says 4294967295 bytes: ${PACKET_BYTES_MAX} are the most (at byte 101)`,
    ],
    [
      'a packet that was of 4 GiB',
      patched(one, 36, 0xffff_ffff),
      `0 packets, packet-length: a packet says 4294967295 bytes: ${PACKET_BYTES_MAX} are the most (at byte 24)`,
    ],
    ['another version', patched(one, 4, 3), '0 packets, version: pcap version 3 is not known (at byte 4)'],
    [
      'a wrong magic number',
      patched(one, 0, 0x0403_0201),
      '0 packets, magic: it begins with 01020304: neither pcap nor pcapng (at byte 0)',
    ],
    [
      'something packed',
      Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd),
      '0 packets, magic: it begins with 28b52ffd: packed with zstd: unpack it first (at byte 0)',
    ],
    [
      'a wrong link type',
      patched(one, 20, 105),
      '0 packets, link-type: link type 105 (IEEE 802.11) is not read: only Ethernet, Linux cooked, raw IP and loopback are (at byte 20)',
    ],
    [
      'an unknown link type',
      patched(one, 20, 9999),
      '0 packets, link-type: link type 9999 is not read: only Ethernet, Linux cooked, raw IP and loopback are (at byte 20)',
    ],
  ])('with %s is refused', (_, capture, message) => {
    expect(refusal(capture)).toBe(message);
  });
});

describe('a pcapng', () => {
  const section: BlockDescription = { kind: 'section' };
  const ethernet: BlockDescription = { kind: 'interface' };
  const packet: BlockDescription = { kind: 'packet', units: T / 1_000n, bytes: FRAME };

  it.each(both)('is read ($little)', ({ little }) => {
    const capture = buildPcapng([section, ethernet, { ...packet, originalLength: 99 }], little);
    expect(readAll(capture)).toEqual({
      packets: [
        {
          ...{ timeNs: (T / 1_000n) * 1_000n, linkType: 1, bytes: FRAME, originalLength: 99 },
          ...{ interfaceId: 0, offset: 48 },
        },
      ],
    });
  });

  it.each([
    ['nanoseconds', 9, T, T],
    ['seconds', 0, 1_619_623_685n, 1_619_623_685_000_000_000n],
    ['halves of a second', 0x81, 3n, 1_500_000_000n],
    ['units of 2^-32 s', 0xa0, 1n << 32n, 1_000_000_000n],
  ])('may have times in %s', (_, resolution, units, timeNs) => {
    const options = [[9, Uint8Array.of(resolution)]] as const;
    const { packets } = readAll(buildPcapng([section, { kind: 'interface', options }, { ...packet, units }]));
    expect(packets[0]!.timeNs).toBe(timeNs);
  });

  it('may have times that count from another one, and names of interfaces', () => {
    const options = [
      [14, Uint8Array.of(10, 0, 0, 0, 0, 0, 0, 0)],
      [2, new TextEncoder().encode('eth0\u001b')],
    ] as const;
    const { packets } = readAll(buildPcapng([section, { kind: 'interface', options }, { ...packet, units: 5n }]));
    expect(packets[0]).toMatchObject({ timeNs: 10_000_005_000n, interfaceName: 'eth0' });
  });

  it('may say which way a packet went', () => {
    const flags = (value: number): BlockDescription => ({ ...packet, options: [[2, u32(value)]] }) as never;
    const { packets } = readAll(buildPcapng([section, ethernet, flags(1), flags(2), flags(0), packet]));
    expect(packets.map(({ direction }) => direction)).toEqual(['in', 'out', undefined, undefined]);
  });

  it('has simple and obsolete packets too, and blocks that nobody needs', () => {
    const blocks: BlockDescription[] = [
      section,
      { kind: 'interface', snapLength: 8 },
      { kind: 'raw', type: 0x0bad, body: new Uint8Array(100) },
      { kind: 'old-packet', units: 7n, bytes: FRAME },
      { kind: 'simple-packet', bytes: FRAME.subarray(0, 8), originalLength: 61 },
    ];
    const { packets } = readAll(buildPcapng(blocks));
    expect(packets).toMatchObject([
      { timeNs: 7_000n, bytes: FRAME, originalLength: 61 },
      { timeNs: 7_000n, bytes: FRAME.subarray(0, 8), originalLength: 61 },
    ]);
  });

  it('may have sections of both byte orders, each with interfaces of its own', () => {
    const raw: BlockDescription = { kind: 'interface', linkType: 101 };
    const capture = concat([
      buildPcapng([section, ethernet, packet], true),
      buildPcapng([section, raw, packet], false),
    ]);
    expect(readAll(capture).packets.map(({ linkType }) => linkType)).toEqual([1, 101]);
  });

  it('passes a block of 4 GiB by without keeping it', () => {
    const long = concat([buildPcapng([section]), u32(0x0bad), u32(0xffff_fffc), new Uint8Array(1_000)]);
    expect(refusal(long)).toBe('0 packets, truncated: the capture ends within a block (at byte 28)');
  });

  const right = buildPcapng([section, ethernet, packet]);
  const lying = (at: number, value: number) => patched(right, at, value);
  it.each([
    ['no byte order', lying(8, 0), 'byte-order: a section says no byte order (at byte 0)'],
    ['another version', lying(12, 2), 'version: pcapng version 2 is not known (at byte 0)'],
    ['a section of no length', lying(4, 0), 'block-length: a block says 0 bytes (at byte 0)'],
    [
      'a section of 4 GiB',
      lying(4, 0xffff_fffc),
      `packet-length: a block says 4294967292 bytes: ${BLOCK_BYTES_MAX} are the most (at byte 0)`,
    ],
    ['two lengths', lying(24, 32), 'block-length: a block says 28 bytes before and 32 behind it (at byte 0)'],
    ['a block of no length', lying(32, 0), 'block-length: a block says 0 bytes (at byte 28)'],
    ['a block of an odd length', lying(32, 21), 'block-length: a block says 21 bytes (at byte 28)'],
    [
      'a packet block of 4 GiB',
      lying(52, 0xffff_fffc),
      `packet-length: a block says 4294967292 bytes: ${BLOCK_BYTES_MAX} are the most (at byte 48)`,
    ],
    [
      'a packet longer than its block',
      lying(68, 65),
      'packet-length: a packet says 65 bytes: 64 are the most (at byte 48)',
    ],
    [
      'a packet of an interface that nobody described',
      lying(56, 1),
      'interface: a packet is of interface 1, which the section does not describe (at byte 48)',
    ],
    ['the end of a block missing', right.subarray(0, -1), 'truncated: the capture ends within a block (at byte 48)'],
    [
      'a packet of a link type that is not read',
      lying(36, 127),
      'link-type: link type 127 (IEEE 802.11 with radiotap) is not read: only Ethernet, Linux cooked, raw IP and loopback are (at byte 48)',
    ],
    [
      'an option longer than its block',
      buildPcapng([section, { kind: 'raw', type: 1, body: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 9, 0) }]),
      'option: an option of 9 bytes is longer than its block (at byte 28)',
    ],
    [
      'a packet block without room for its head',
      buildPcapng([section, ethernet, { kind: 'raw', type: 6, body: new Uint8Array(16) }]),
      'block-length: a block is too short for what it is (at byte 48)',
    ],
    [
      'a time that nobody lives to see',
      buildPcapng([section, ethernet, { ...packet, units: (1n << 64n) - 1n }]),
      'time: a packet says a time before 1970 or after 2262 (at byte 48)',
    ],
    [
      'too many interfaces',
      buildPcapng([section, ...Array<BlockDescription>(INTERFACES_MAX + 1).fill(ethernet)]),
      `interface: a section has more than ${INTERFACES_MAX} interfaces (at byte ${28 + 20 * INTERFACES_MAX})`,
    ],
  ])('with %s is refused', (_, capture, message) => {
    expect(refusal(capture)).toBe(`0 packets, ${message}`);
  });
});
