/**
 * Traces for the differential test: packets, and what user space does in between. Plain values without functions, so
 * that one that fails can be written to a file and read again (trace-file.ts). Few sources and ports, so that edges are met.
 */
import {
  buildFrame,
  checksum,
  EtherType,
  parseAddress,
  TcpFlag,
  type ExtensionDescription,
  type FrameDescription,
} from '@scanward/packet';
import fc from 'fast-check';
import { anyFrame } from '../../packages/packet/test/arbitrary.ts';
import { SECOND } from './packets.ts';

export const PACKETS_MAX = 200;
/** BPF_PROG_TEST_RUN takes no shorter frame. */
export const FRAME_BYTES_MIN = 14;

/** The policy, its addresses as text. */
export interface TracePolicy {
  readonly threshold: number;
  readonly windowNs: bigint;
  readonly blockTtlNs: bigint;
  readonly mode: 'kernel' | 'user';
  readonly response: 'block' | 'log';
  readonly ipv6Prefix: number;
  readonly onlink: readonly string[];
  readonly evidence: 'any' | 'closed';
  readonly keepEstablished: boolean;
  readonly blocksPerMinute: number;
  readonly ephemeral: readonly [first: number, last: number];
}

/** How the SYN is wrapped. */
export type Shape =
  'plain' | 'tagged' | 'tagged-twice' | 'first-fragment' | 'cut' | 'flagless' | 'later-fragment' | 'extended';

interface Timed {
  /** After the packet so many before this one; 1: the one before. A clock would not go back by more than 3 us: then it stands. */
  readonly back: number;
  readonly afterNs: bigint;
  /** Then on to the next unit of blocks, and so much further; null: no. */
  readonly afterUnitNs: bigint | null;
  /** Place in the list of CPUs, taken modulo its length; null: where the test happens to run. */
  readonly cpu: number | null;
}
/** What stands where the checksum belongs; `half`: the sum of the pseudo header, as when the network card is to do the rest. */
export type Sum = 'right' | 'wrong' | 'half';
export interface SynStep extends Timed {
  readonly kind: 'tcp' | 'udp';
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly sequence: number;
  readonly flags: number;
  /** Bytes. */
  readonly payload: number;
  readonly sum: Sum;
  readonly shape: Shape;
}
/** Any frame at all, in hexadecimal. */
export interface FrameStep extends Timed {
  readonly kind: 'frame';
  readonly hex: string;
}
/** A socket comes, changes its state, or goes (state 0). */
export interface SocketStep {
  readonly kind: 'socket';
  readonly protocol: number;
  /** Null: it takes packets from anybody. */
  readonly from: string | null;
  readonly to: string;
  readonly port: number;
  readonly state: number;
}
export type Step =
  | SynStep
  | FrameStep
  | { readonly kind: 'policy'; readonly change: Partial<TracePolicy> }
  | { readonly kind: 'block'; readonly source: string; readonly lastsNs: bigint; readonly reason: number }
  | { readonly kind: 'unblock' | 'forget'; readonly source: string }
  | { readonly kind: 'block-net'; readonly net: string; readonly lastsNs: bigint }
  | { readonly kind: 'unblock-net'; readonly net: string }
  | { readonly kind: 'grace'; readonly prefix: string; readonly lastsNs: bigint }
  | { readonly kind: 'ungrace'; readonly prefix: string }
  | { readonly kind: 'allow' | 'disallow'; readonly prefix: string }
  | SocketStep
  | { readonly kind: 'local' | 'not-local'; readonly address: string }
  | { readonly kind: 'sweep' | 'recheck'; readonly first: number; readonly count: number };

export interface Trace {
  readonly startNs: bigint;
  readonly policy: TracePolicy;
  readonly allow: readonly string[];
  readonly local: readonly string[];
  readonly steps: readonly Step[];
}

const IPV4 = ['0.0.0.0', ...Array.from({ length: 16 }, (_, i) => `192.0.2.${i}`)];
const IPV6 = [
  '2001:db8:1::1',
  '2001:db8:1::2',
  '2001:db8:2::1',
  'fe80::1',
  'fe80::2',
  '2001:db8:3::1',
  '2001:db8:3::2',
  '::',
  '::1',
];
// One address in four steps is 192.0.2.1, so that thresholds are crossed often.
const from = fc.oneof(
  { arbitrary: fc.constantFrom('192.0.2.1', '2001:db8:1::1'), weight: 2 },
  { arbitrary: fc.constantFrom(...IPV4), weight: 3 },
  { arbitrary: fc.constantFrom(...IPV6), weight: 2 },
);
/** Address and bits of the 128. */
const prefix = fc.constantFrom(
  '192.0.2.1/128',
  '192.0.2.3/128',
  '192.0.2.8/126',
  '2001:db8:1::/64',
  '2001:db8:2::1/128',
  '2001:db8::/32',
  '::/0',
);

/** Nets within each other, so that some are longest matches that have expired; a few more than there is room for. */
const net = fc.constantFrom(
  '192.0.2.1/128',
  '192.0.2.0/126',
  '192.0.2.0/120',
  '0.0.0.0/96',
  '2001:db8:1::/64',
  '2001:db8:1::/48',
  '::/0',
);

const edge = fc.constantFrom(-1_025n, -1_024n, -1n, 0n, 0n, 1n, 1_024n, 1_025n);
const pause = fc.oneof(
  { arbitrary: fc.bigInt(0n, 5_000n), weight: 12 },
  { arbitrary: fc.constant(0n), weight: 2 },
  { arbitrary: fc.bigInt(0n, 2n * SECOND), weight: 2 },
  // The clocks of two CPUs may be apart a little.
  { arbitrary: fc.bigInt(-3_000n, 0n), weight: 1 },
);
/** The edges of the windows and blocks below; and of a retransmission's time, which is counted in steps of 2^24 ns. */
const span = fc.oneof(
  {
    arbitrary: fc.tuple(fc.constantFrom(0n, 5n, 10n, 60n), edge).map(([seconds, off]) => seconds * SECOND + off),
    weight: 6,
  },
  { arbitrary: fc.bigInt(-2n << 24n, 2n << 24n).map((off) => 64n * SECOND + off), weight: 1 },
  { arbitrary: edge.map((off) => 1_024n + off), weight: 1 },
);
const time = fc.oneof(
  { arbitrary: fc.record({ back: fc.constant(1), afterNs: pause, afterUnitNs: fc.constant(null) }), weight: 24 },
  {
    arbitrary: fc.record({ back: fc.integer({ min: 1, max: 8 }), afterNs: span, afterUnitNs: fc.constant(null) }),
    weight: 3,
  },
  // Blocks end at whole units.
  {
    arbitrary: fc.record({
      back: fc.integer({ min: 1, max: 8 }),
      afterNs: fc.constantFrom(0n, 0n, 0n, SECOND, 5n * SECOND, 10n * SECOND),
      afterUnitNs: fc.constantFrom(-1n, 0n, 0n, 0n, 1n),
    }),
    weight: 4,
  },
);
// Each change of thread costs ten times the packet.
const cpu = fc.oneof({ arbitrary: fc.constant(null), weight: 3 }, fc.nat(3));
const shape = fc.oneof(
  { arbitrary: fc.constant<Shape>('plain'), weight: 20 },
  fc.constantFrom<Shape>('tagged', 'tagged-twice', 'first-fragment', 'cut', 'flagless', 'later-fragment', 'extended'),
);

const { fin, syn, rst, psh, ack, urg } = TcpFlag;
// Next to the SYNs what follows them, and what scanners send.
const flags = fc.oneof(
  { arbitrary: fc.constant<number>(syn), weight: 12 },
  { arbitrary: fc.constantFrom<number>(ack, ack, rst, rst | ack, fin | ack), weight: 5 },
  { arbitrary: fc.constantFrom<number>(fin, 0, fin | psh | urg, fin | ack, ack, syn | fin), weight: 5 },
  fc.nat(255),
);
const to = fc.oneof({ arbitrary: fc.constant('5'), weight: 9 }, fc.constant('6'));
const port = fc.oneof({ arbitrary: fc.nat(9), weight: 4 }, { arbitrary: fc.nat(40), weight: 2 }, fc.nat(65_535));
const transport = {
  cpu,
  from,
  to,
  port,
  payload: fc.oneof({ arbitrary: fc.constant(0), weight: 9 }, fc.nat(20), fc.integer({ min: 480, max: 520 })),
  sum: fc.oneof({ arbitrary: fc.constant<Sum>('right'), weight: 20 }, fc.constantFrom<Sum>('wrong', 'half')),
  shape,
};
const tcp = fc.record({
  kind: fc.constant('tcp' as const),
  ...transport,
  sequence: fc.oneof({ arbitrary: fc.nat(3), weight: 12 }, fc.constant(0xffff_ffff)),
  flags,
});
const udp = fc.record({
  kind: fc.constant('udp' as const),
  ...transport,
  sequence: fc.constant(0),
  flags: fc.constant(0),
});
const frame = fc.record({
  kind: fc.constant('frame' as const),
  cpu,
  hex: anyFrame({ ipv4: IPV4.slice(0, 4), ipv6: IPV6 })
    .filter((bytes) => bytes.length >= FRAME_BYTES_MIN)
    .map((bytes) => Buffer.from(bytes).toString('hex')),
});

const packet: fc.Arbitrary<Step> = fc
  .tuple(fc.oneof({ arbitrary: tcp, weight: 30 }, { arbitrary: udp, weight: 3 }, frame), time)
  .map(([what, when]) => ({ ...what, ...when }));

const rules = {
  threshold: fc.oneof({ arbitrary: fc.nat(4), weight: 6 }, fc.nat(40)),
  windowNs: fc.constantFrom(10n * SECOND, 60n * SECOND, 1_024n, 2_047n),
  blockTtlNs: fc.constantFrom(5n * SECOND, 0n, 3_600n * SECOND, 1n),
  mode: fc.oneof({ arbitrary: fc.constant('kernel' as const), weight: 4 }, fc.constant('user' as const)),
  response: fc.oneof({ arbitrary: fc.constant('block' as const), weight: 3 }, fc.constant('log' as const)),
  ipv6Prefix: fc.oneof(fc.constantFrom(64, 128), fc.nat(128)),
  onlink: fc.subarray(['2001:db8:3::/64', '2001:db8:1::2/128', '2001:db8:2::/47']),
  evidence: fc.oneof({ arbitrary: fc.constant('any' as const), weight: 2 }, fc.constant('closed' as const)),
  keepEstablished: fc.boolean(),
  blocksPerMinute: fc.constantFrom(0, 0, 1, 2),
  // The first one holds no port.
  ephemeral: fc.constantFrom([1, 0] as const, [30, 40] as const, [3, 5] as const, [32_768, 60_999] as const),
};
const LOCAL = ['10.0.0.5', '2001:db8::5', '10.0.0.6', '2001:db8::6', '192.0.2.56', '2001:db8::2'];
const local = fc.constantFrom(...LOCAL);
/** Changes one knob or a few. */
const change = fc.record(rules, { requiredKeys: [] });

const hand: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('policy' as const), change }), weight: 3 },
  {
    arbitrary: fc.record({
      kind: fc.constant('block' as const),
      source: from,
      // The last one ends, where the machine runs for years, later than a block can.
      lastsNs: fc.constantFrom(0n, 1n, 1n, 5n * SECOND, 10n * SECOND, 3_600n * SECOND, 2n ** 58n),
      reason: fc.constantFrom(1, 2),
    }),
    weight: 4,
  },
  {
    arbitrary: fc.record({
      kind: fc.constantFrom('unblock' as const, 'unblock' as const, 'forget' as const),
      source: from,
    }),
    weight: 2,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('block-net' as const),
      net,
      // Short ones run out while longer ones that hold them are in force.
      lastsNs: fc.constantFrom(1n, 1n, 1n, SECOND, 5n * SECOND, 10n * SECOND, 0n),
    }),
    weight: 4,
  },
  fc.record({ kind: fc.constant('unblock-net' as const), net }),
  {
    arbitrary: fc.record({
      kind: fc.constant('grace' as const),
      prefix,
      lastsNs: fc.constantFrom(0n, 5_000n, 5n * SECOND, 60n * SECOND),
    }),
    weight: 2,
  },
  fc.record({ kind: fc.constant('ungrace' as const), prefix }),
  { arbitrary: fc.record({ kind: fc.constantFrom('allow' as const, 'disallow' as const), prefix }), weight: 2 },
  {
    arbitrary: fc.record({
      kind: fc.constant('socket' as const),
      protocol: fc.constantFrom(6, 6, 6, 17),
      from: fc.oneof(fc.constant(null), from),
      to,
      port,
      state: fc.oneof(fc.constantFrom(0, 1, 1, 6, 6, 10, 10, 12), fc.nat(13)),
    }),
    weight: 8,
  },
  fc.record({ kind: fc.constantFrom('local' as const, 'not-local' as const), address: local }),
  { arbitrary: fc.record({ kind: fc.constant('recheck' as const), first: fc.nat(2), count: fc.nat(3) }), weight: 2 },
  fc.record({ kind: fc.constant('sweep' as const), first: fc.nat(4), count: fc.nat(5) }),
);

const PLAIN = { kind: 'tcp', cpu: null, payload: 0, sum: 'right', shape: 'plain' } as const;

/** What follows a SYN, which says who answered it: a socket past the handshake, a listener (SYN cookies), or nobody here. */
const handshake: fc.Arbitrary<Step[]> = fc
  .record({
    whose: fc.record({ from, to, port, sequence: fc.nat(3) }),
    answers: fc.constantFrom(1, 1, 10, 12, null, null),
    flags: fc.constantFrom<number>(ack, ack, ack, rst, rst | ack, fin | ack),
    off: fc.oneof({ arbitrary: fc.constant(1), weight: 6 }, fc.nat(2)),
    times: fc.tuple(time, time),
  })
  .map(({ whose, answers, flags: following, off, times: [first, second] }) => {
    const { from: client, to: host, port: asked } = whose;
    return [
      { ...PLAIN, ...whose, flags: syn, ...first },
      ...(answers === null
        ? []
        : [{ kind: 'socket' as const, protocol: 6, from: client, to: host, port: asked, state: answers }]),
      { ...PLAIN, ...whose, sequence: whose.sequence + off, flags: following, ...second },
    ];
  });

/** A source that is blocked, and a socket that it may be connected with. */
const session: fc.Arbitrary<Step[]> = fc
  .record({
    whose: fc.record({ from, to, port }),
    state: fc.oneof(fc.constantFrom(1, 6), fc.nat(12)),
    following: fc.constantFrom<number>(ack, ack | psh, fin | ack, rst, syn),
    when: time,
  })
  .map(({ whose, state, following, when }) => {
    const { from: source, to: host, port: asked } = whose;
    return [
      { kind: 'block', source, lastsNs: 10n * SECOND, reason: 1 },
      { kind: 'socket', protocol: 6, from: source, to: host, port: asked, state },
      { ...PLAIN, ...whose, sequence: 9, flags: following, ...when },
    ];
  });

const alone = fc.oneof({ arbitrary: packet, weight: 7 }, hand).map((step) => [step]);

/** Up to 200 steps, and some more. */
export const trace: fc.Arbitrary<Trace> = fc.record({
  // An hour; the machine's start; before the time in a cell of `syns` starts anew (2^48 ns); nine years less a day.
  startNs: fc.oneof(
    { arbitrary: fc.constant(3_600n * SECOND), weight: 6 },
    fc.constantFrom(0n, 2n ** 48n - 30n * SECOND, 2n ** 57n - 30n * SECOND, 2n ** 58n - 86_400n * SECOND),
  ),
  policy: fc.record(rules),
  allow: fc.subarray(['192.0.2.3/128', '2001:db8:2::1/128']),
  local: fc.oneof({ arbitrary: fc.constant(LOCAL), weight: 3 }, fc.subarray(LOCAL)),
  steps: fc
    .array(fc.oneof({ arbitrary: alone, weight: 40 }, { arbitrary: handshake, weight: 2 }, session), {
      minLength: 1,
      maxLength: PACKETS_MAX,
      size: 'max',
    })
    .map((parts) => parts.flat()),
});

const EXTENSIONS: readonly ExtensionDescription[] = [
  { kind: 'hop-by-hop' },
  { kind: 'fragment' },
  { kind: 'destination' },
];

function ipv6Of(step: SynStep, network: { source: string; destination: string }): FrameDescription['network'] {
  const fragment = { kind: 'fragment', moreFragments: step.shape !== 'later-fragment' } as const;
  switch (step.shape) {
    case 'extended':
      return { kind: 'ipv6', ...network, extensions: EXTENSIONS };
    case 'first-fragment':
    case 'cut':
    case 'flagless':
      return { kind: 'ipv6', ...network, extensions: [fragment] };
    case 'later-fragment':
      return { kind: 'ipv6', ...network, extensions: [{ ...fragment, offset: 3 }] };
    default:
      return { kind: 'ipv6', ...network };
  }
}

function networkOf(step: SynStep): FrameDescription['network'] {
  if (step.from.includes(':')) return ipv6Of(step, { source: step.from, destination: destinationOf(step) });
  const network = { kind: 'ipv4', source: step.from, destination: destinationOf(step) } as const;
  switch (step.shape) {
    case 'extended':
      return { ...network, options: new Uint8Array(8) };
    case 'first-fragment':
    case 'cut':
    case 'flagless':
      return { ...network, moreFragments: true };
    case 'later-fragment':
      return { ...network, fragmentOffset: 3 };
    default:
      return network;
  }
}

/** The first 16 bytes of a TCP header, or 8, which have no flags. */
function cutTcp(step: SynStep): FrameDescription['transport'] {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 40_000);
  view.setUint16(2, step.port);
  view.setUint32(4, step.sequence);
  view.setUint16(12, 0x5000 | step.flags);
  return { kind: 'raw', protocol: 6, bytes: step.shape === 'flagless' ? bytes.subarray(0, 8) : bytes };
}

const TAGS: Partial<Record<Shape, FrameDescription['vlans']>> = {
  tagged: [{}],
  'tagged-twice': [{ protocol: EtherType.serviceVlan }, {}],
};

/** The other end of what `from` sends to: its address. */
export function destinationOf({ from, to }: Pick<SynStep, 'from' | 'to'>): string {
  return from.includes(':') ? `2001:db8::${to}` : `10.0.0.${to}`;
}

export const SOURCE_PORT = 40_000;
const WRONG = 0x1234;

function checksumOf(step: SynStep): { readonly checksum?: number } {
  if (step.sum === 'right') return {};
  if (step.sum === 'wrong') return { checksum: WRONG };
  const isUdp = step.kind === 'udp';
  const length = (isUdp ? 8 : 20) + step.payload;
  const tail = Uint8Array.of(length >> 8, length & 0xff, 0, isUdp ? 17 : 6);
  // The prefix of a mapped address adds nothing.
  return { checksum: checksum(parseAddress(step.from), parseAddress(destinationOf(step)), tail) ^ 0xffff };
}

function transportOf(step: SynStep): FrameDescription['transport'] {
  const { kind, port, sequence, flags, shape } = step;
  const common = { sourcePort: SOURCE_PORT, destinationPort: port, payload: new Uint8Array(step.payload).fill(0x5a) };
  if (kind === 'udp') return { kind, ...common, ...checksumOf(step) };
  return shape === 'cut' || shape === 'flagless'
    ? cutTcp(step)
    : { kind, ...common, sequence, flags, ...checksumOf(step) };
}

/** The frame of a step. */
export function frameOf(step: SynStep | FrameStep): Uint8Array {
  if (step.kind === 'frame') return Uint8Array.from(Buffer.from(step.hex, 'hex'));
  const vlans = TAGS[step.shape];
  return buildFrame({ ...(vlans ? { vlans } : {}), network: networkOf(step), transport: transportOf(step)! });
}
