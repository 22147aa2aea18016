/**
 * fast-check arbitraries of frames: structured (every layer plausible, now and then one field wrong) and mutated
 * (bytes flipped, cut, inserted). Few addresses and ports, so that sources meet again.
 */
import fc from 'fast-check';
import { buildFrame, EtherType, TcpFlag, type ExtensionDescription, type FrameDescription } from '../src/index.ts';

const IPV4 = ['192.0.2.1', '192.0.2.56', '198.51.100.7', '10.0.0.5'];
const IPV6 = ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::7', 'fe80::1', '2001:db8:ffff::5', '::ffff:c000:201'];

/** Which addresses the frames come from; default a few of each family. */
export interface FrameOptions {
  readonly ipv4?: readonly string[];
  readonly ipv6?: readonly string[];
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

/** Mostly absent; else one of the values. */
const rarely = <T>(values: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: 15 }, { arbitrary: values, weight: 1 });

const sometimes = <T>(values: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: 2 }, { arbitrary: values, weight: 1 });

/** Leaves out what is undefined, as `exactOptionalPropertyTypes` wants it. */
function record<T extends object>(model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<T> {
  return fc
    .record(model)
    .map((value) => Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T);
}

const port = fc.oneof({ arbitrary: fc.integer({ min: 0, max: 12 }), weight: 3 }, fc.integer({ min: 0, max: 65_535 }));

const tcpFlags = fc.oneof(
  { arbitrary: fc.constant<number>(TcpFlag.syn), weight: 6 },
  { arbitrary: fc.constantFrom<number>(TcpFlag.syn | TcpFlag.ece | TcpFlag.cwr, TcpFlag.syn | TcpFlag.ack), weight: 2 },
  { arbitrary: fc.constantFrom<number>(0x01, 0x00, 0x29, 0x11, 0x10, 0x04, 0x14), weight: 2 },
  fc.integer({ min: 0, max: 255 }),
);

const tcp = record<NonNullable<FrameDescription['transport']>>({
  kind: fc.constant('tcp'),
  sourcePort: port,
  destinationPort: port,
  sequence: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 0xffffffff })),
  flags: tcpFlags,
  options: bytes(40),
  payload: rarely(bytes(64)),
  headerWords: rarely(fc.integer({ min: 0, max: 15 })),
  checksum: rarely(fc.nat({ max: 0xffff })),
});

const udp = record<NonNullable<FrameDescription['transport']>>({
  kind: fc.constant('udp'),
  sourcePort: port,
  destinationPort: port,
  payload: bytes(32),
  length: rarely(fc.nat({ max: 48 })),
  checksum: rarely(fc.oneof(fc.constant(0), fc.nat({ max: 0xffff }))),
});
const icmp = fc.record({ kind: fc.constant('icmp' as const), payload: bytes(32) });
/** The beginning of a TCP header, as in a first fragment. */
const cut = fc.record({ kind: fc.constant('raw' as const), protocol: fc.constant(6), bytes: bytes(24) });
const raw = fc.record({ kind: fc.constant('raw' as const), protocol: fc.nat({ max: 255 }), bytes: bytes(48) });

const transport = fc.oneof({ arbitrary: tcp, weight: 10 }, { arbitrary: udp, weight: 2 }, icmp, raw, {
  arbitrary: cut,
  weight: 2,
});

const extension: fc.Arbitrary<ExtensionDescription> = fc.oneof(
  {
    arbitrary: record<ExtensionDescription>({
      kind: fc.constantFrom('hop-by-hop', 'routing', 'destination', 'mobility', 'hip', 'shim6', 'authentication'),
      content: rarely(bytes(40)),
      length: rarely(fc.nat({ max: 255 })),
    }),
    weight: 6,
  },
  record<ExtensionDescription>({
    kind: fc.constant('fragment'),
    offset: rarely(fc.nat({ max: 0x1fff })),
    moreFragments: fc.boolean(),
  }),
);

const extensions = fc.oneof(
  { arbitrary: fc.array(extension, { maxLength: 3 }), weight: 6 },
  fc.array(extension, { minLength: 6, maxLength: 11 }),
);

const ipv4 = (sources: readonly string[]) =>
  record<FrameDescription['network']>({
    kind: fc.constant('ipv4'),
    source: fc.constantFrom(...sources),
    destination: fc.constantFrom(...IPV4),
    options: rarely(bytes(40)),
    moreFragments: sometimes(fc.boolean()),
    fragmentOffset: rarely(fc.nat({ max: 0x1fff })),
    version: rarely(fc.nat({ max: 15 })),
    headerWords: rarely(fc.nat({ max: 15 })),
    totalLength: rarely(fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 0xffff }))),
    protocol: rarely(fc.nat({ max: 255 })),
  });

const ipv6 = (sources: readonly string[]) =>
  record<FrameDescription['network']>({
    kind: fc.constant('ipv6'),
    source: fc.constantFrom(...sources),
    destination: fc.constantFrom(...IPV6),
    extensions,
    version: rarely(fc.nat({ max: 15 })),
    payloadLength: rarely(
      fc.oneof({ arbitrary: fc.constant(0), weight: 4 }, fc.nat({ max: 100 }), fc.nat({ max: 0xffff })),
    ),
    next: rarely(fc.nat({ max: 255 })),
  });

const vlans = fc.array(fc.record({ protocol: fc.constantFrom<number>(EtherType.vlan, EtherType.serviceVlan) }), {
  maxLength: 3,
});

/** Descriptions of frames, most of them right. */
export function frameDescription(options: FrameOptions = {}): fc.Arbitrary<FrameDescription> {
  const network = fc.oneof(
    { arbitrary: ipv4(options.ipv4 ?? IPV4), weight: 8 },
    { arbitrary: ipv6(options.ipv6 ?? IPV6), weight: 10 },
    fc.record({ kind: fc.constant('raw' as const), protocol: fc.nat({ max: 0xffff }), bytes: bytes(60) }),
  );
  return record<FrameDescription>({
    vlans: fc.oneof({ arbitrary: fc.constant(undefined), weight: 2 }, vlans),
    network,
    transport,
    padding: rarely(fc.nat({ max: 20 })),
  });
}

/** One change of a frame's bytes. */
type Mutation = (frame: Uint8Array) => Uint8Array;

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat({ max: 255 })).map(([at, value]): Mutation => {
    return (frame) => frame.with(at % frame.length, value);
  }),
  fc.tuple(fc.nat(), fc.nat({ max: 7 })).map(([at, bit]): Mutation => {
    return (frame) => frame.with(at % frame.length, frame[at % frame.length]! ^ (1 << bit));
  }),
  fc.nat().map(
    (at): Mutation =>
      (frame) =>
        frame.slice(0, at % (frame.length + 1)),
  ),
  fc.tuple(fc.nat(), bytes(8)).map(([at, inserted]): Mutation => {
    const place = (frame: Uint8Array) => at % (frame.length + 1);
    return (frame) => Uint8Array.from([...frame.slice(0, place(frame)), ...inserted, ...frame.slice(place(frame))]);
  }),
);

/** Frames that were right, with one to four changes. */
export function mutatedFrame(options: FrameOptions = {}): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(frameDescription(options), fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([description, changes]) =>
      changes.reduce((frame, change) => (frame.length === 0 ? frame : change(frame)), buildFrame(description)),
    );
}

/** Structured, mutated, and now and then any bytes at all. */
export function anyFrame(options: FrameOptions = {}): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    { arbitrary: frameDescription(options).map(buildFrame), weight: 6 },
    { arbitrary: mutatedFrame(options), weight: 6 },
    bytes(120),
  );
}
