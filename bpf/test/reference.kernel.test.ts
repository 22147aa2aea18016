/**
 * The program and its reference in TypeScript see the same traces; verdict of each packet, records, blocks, table of
 * sources and counters must be the same.
 */
import { Reference, slotValue, SOURCES_PER_SET, type ReferencePolicy, type ScanRecord } from '@scanward/detector';
import { Mode, PORTS_MAX, Response, type Policy, type Scan } from '@scanward/map-codec';
import { buildFrame, parseFrame, TcpFlag } from '@scanward/packet';
import { DEFAULT_POLICY, TEST_SECRET, TestProgram } from '@scanward/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { address, SECOND } from './packets.ts';

const TRACES = Math.max(1, Math.round(150 * Number(process.env['TEST_SCALE'] ?? 1)));
const START = 3_600n * SECOND;
/** The device of a test run. */
const LOOPBACK = 1;
const SOURCE_SETS = 3;
const SYN_SETS = 3;
const MAX_BLOCKS = 4;

const IPV4 = Array.from({ length: 16 }, (_, i) => `192.0.2.${i}`);
const IPV6 = [
  '2001:db8:1::1',
  '2001:db8:1::2',
  '2001:db8:2::1',
  'fe80::1',
  'fe80::2',
  '2001:db8:3::1',
  '2001:db8:3::2',
];
const onlinkNet = { address: '2001:db8:3::', bits: 64 };
const allowed = ['192.0.2.3', '2001:db8:2::1'];

interface Step {
  readonly afterNs: bigint;
  readonly from: string;
  readonly port: number;
  readonly sequence: number;
  readonly flags: number;
}
interface Trace {
  readonly threshold: number;
  readonly windowNs: bigint;
  readonly blockTtlNs: bigint;
  readonly mode: 'kernel' | 'user';
  readonly response: 'block' | 'log';
  readonly steps: readonly (Step | { readonly threshold: number })[];
}

const pause = fc.oneof(
  { arbitrary: fc.bigInt(0n, 5_000n), weight: 6 },
  { arbitrary: fc.bigInt(0n, 2n * SECOND), weight: 3 },
  // Around the edges of a window of 10 s and a block of 5 s.
  fc.tuple(fc.constantFrom(5n, 10n, 64n), fc.bigInt(-3_000n, 3_000n)).map(([seconds, off]) => seconds * SECOND + off),
);
const step = fc.record({
  afterNs: pause,
  from: fc.oneof({ arbitrary: fc.constantFrom(...IPV4), weight: 3 }, fc.constantFrom(...IPV6)),
  port: fc.oneof({ arbitrary: fc.integer({ min: 0, max: 9 }), weight: 4 }, fc.integer({ min: 0, max: 65_535 })),
  sequence: fc.integer({ min: 0, max: 3 }),
  flags: fc.oneof({ arbitrary: fc.constant<number>(TcpFlag.syn), weight: 9 }, fc.integer({ min: 0, max: 255 })),
});
const threshold = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 40 }));
const trace: fc.Arbitrary<Trace> = fc.record({
  threshold,
  windowNs: fc.constantFrom(10n * SECOND, 60n * SECOND, 1_024n),
  blockTtlNs: fc.constantFrom(5n * SECOND, 0n, 3_600n * SECOND, 1n),
  mode: fc.oneof({ arbitrary: fc.constant('kernel' as const), weight: 4 }, fc.constant('user' as const)),
  response: fc.oneof({ arbitrary: fc.constant('block' as const), weight: 3 }, fc.constant('log' as const)),
  steps: fc.array(fc.oneof({ arbitrary: step, weight: 40 }, fc.record({ threshold })), {
    minLength: 1,
    maxLength: 200,
  }),
});

const none = { address: new Uint8Array(16), mask: new Uint8Array(16) };
function programPolicy({ threshold, windowNs, blockTtlNs, mode, response }: Trace): Policy {
  const neighbours = { address: address(onlinkNet.address), mask: address('ffff:ffff:ffff:ffff::') };
  return {
    ...DEFAULT_POLICY,
    threshold,
    windowNs,
    blockTtlNs,
    mode: mode === 'kernel' ? Mode.KERNEL : Mode.USER,
    response: response === 'block' ? Response.BLOCK : Response.LOG,
    onlinkCount: 1,
    onlink: [neighbours, ...Array<typeof neighbours>(15).fill(none)],
  };
}

function referencePolicy({ threshold, windowNs, blockTtlNs, mode, response }: Trace): ReferencePolicy {
  const onlink = [{ address: address(onlinkNet.address), bits: onlinkNet.bits }];
  return { threshold, windowNs, blockTtlNs, mode, response, ipv6Prefix: 64, onlink };
}

const frameOf = ({ from, port, sequence, flags }: Step): Uint8Array =>
  buildFrame({
    network: {
      kind: from.includes(':') ? 'ipv6' : 'ipv4',
      source: from,
      destination: from.includes(':') ? '2001:db8::5' : '10.0.0.5',
    },
    transport: { kind: 'tcp', sourcePort: 40_000, destinationPort: port, sequence, flags },
  });

/** The record as the ring holds it: a count, and room for 32 ports. */
function recordOf({ ports, ...scan }: ScanRecord): Scan {
  return { ...scan, portsCount: ports.length, ports: [...ports, ...Array<number>(PORTS_MAX - ports.length).fill(0)] };
}

function compareStates(program: TestProgram, reference: Reference): void {
  for (let set = 0; set < SOURCE_SETS; set++) {
    program.sourceSet(set).slots.forEach((slot, place) => {
      expect(slot, `set ${set}, slot ${place}`).toEqual(slotValue(reference.sources, set * SOURCES_PER_SET + place));
    });
  }
  const sources = [...program.map('blocked').keys()];
  expect(sources).toHaveLength(reference.blocks.size);
  for (const source of sources) expect(program.block(source)).toEqual(reference.blocks.get(source));
  const { verdicts, blocksMade, blocksRefused, sourcesEvicted } = program.counters();
  expect({ verdicts, blocksMade, blocksRefused, sourcesEvicted }).toEqual({
    verdicts: reference.counters.verdicts,
    blocksMade: reference.counters.blocksMade,
    blocksRefused: reference.counters.blocksRefused,
    sourcesEvicted: reference.counters.sourcesEvicted,
  });
}

function play(trace: Trace): void {
  using program = TestProgram.load({ sourceSets: SOURCE_SETS, synSets: SYN_SETS, maxBlocks: MAX_BLOCKS });
  const reference = new Reference({
    policy: referencePolicy(trace),
    secret: TEST_SECRET,
    sourceSets: SOURCE_SETS,
    synSets: SYN_SETS,
    blocksMax: MAX_BLOCKS,
  });
  let rules = trace;
  let nowNs = START;
  program.setPolicy(programPolicy(rules));
  for (const host of allowed) {
    program.allow(address(host), 128, 5);
    reference.allow.add({ address: address(host), bits: 128 });
  }
  for (const step of trace.steps) {
    if (!('afterNs' in step)) {
      rules = { ...rules, threshold: step.threshold };
      program.setPolicy(programPolicy(rules));
      reference.setPolicy(referencePolicy(rules));
      continue;
    }
    nowNs += step.afterNs;
    program.setNow(nowNs);
    const frame = frameOf(step);
    const { verdict } = program.run(frame);
    const outcome = reference.packet(parseFrame(frame), nowNs, LOOPBACK);
    expect(verdict).toBe(outcome.verdict);
    expect(program.takeConnections()).toEqual(outcome.connection ? [outcome.connection] : []);
    expect(program.takeScans()).toEqual(outcome.scan ? [recordOf(outcome.scan)] : []);
  }
  compareStates(program, reference);
}

test(`${TRACES} traces: the program does what the reference does`, { timeout: 900_000 }, () => {
  fc.assert(fc.property(trace, play), { numRuns: TRACES });
});
