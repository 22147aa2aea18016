/** Any packet at all: what must never happen, held against the reference parser. */
import { Verdict } from '@scanward/map-codec';
import { BRANCHES, isIpv4Mapped, parseAddress, parseFrame, type ParsedFrame } from '@scanward/packet';
import { TestProgram } from '@scanward/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyFrame } from '../../packages/packet/test/arbitrary.ts';

const PACKETS = Math.round(20_000 * Number(process.env['TEST_SCALE'] ?? 1));
const PACKETS_A_RUN = 100;
const DROP = 1;
const PASS = 2;
const THRESHOLD = 5;
/** Two ticks: a crossing's touches are void a moment later. */
const TTL_NS = 2_048n;
/** BPF_PROG_TEST_RUN takes no shorter frame. */
const FRAME_BYTES_MIN = 14;

/** What the test run cannot bring about, and why; the unit tests of @scanward/packet do. */
const OUT_OF_REACH = new Set([
  'ethernet-short', // a test run takes no frame under 14 bytes
  'ipv4-options-short', // needs a frame of several buffers whose first one ends within the IP options
  'tcp-options-not-linear', // the same within the TCP options
]);

const BLOCKED = ['198.51.100.7', '2001:db8:0:1::7'];
const blockedKeys = [parseAddress(BLOCKED[0]!), parseAddress('2001:db8:0:1::')];

const VERDICT_OF = {
  'not-ip': Verdict.PASS_NOT_IP,
  malformed: Verdict.PASS_MALFORMED,
  'not-tcp': Verdict.PASS_NOT_TCP,
  fragment: Verdict.PASS_FRAGMENT,
  'not-syn': Verdict.PASS_NOT_SYN,
} as const;

/** IPv4 whole; IPv6 by its /64, link-local whole: written out once more, and plainly. */
function sourceText(address: Uint8Array): string {
  const isLinkLocal = address[0] === 0xfe && (address[1]! & 0xc0) === 0x80;
  return address.slice(0, isIpv4Mapped(address) || isLinkLocal ? 16 : 8).join();
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Filled up with zeros. */
function longEnough(frame: Uint8Array): Uint8Array {
  if (frame.length >= FRAME_BYTES_MIN) return frame;
  const padded = new Uint8Array(FRAME_BYTES_MIN);
  padded.set(frame);
  return padded;
}

const isBlocked = ({ source }: ParsedFrame): boolean =>
  source !== undefined && blockedKeys.some((key) => sourceText(key) === sourceText(source));

test(`${PACKETS} packets: the blocked are dropped, the others pass, none aborts`, { timeout: 900_000 }, () => {
  const verdicts = new Map<number, number>(Object.values(Verdict).map((verdict) => [verdict, 0]));
  const branches = new Map<string, number>(BRANCHES.map((branch) => [branch, 0]));
  const seed = Number(process.env['SEED'] ?? Date.now() % 0x7fffffff);
  let count = 0;
  let last: Uint8Array = new Uint8Array(0);
  using program = TestProgram.load({ policy: { threshold: THRESHOLD, blockTtlNs: TTL_NS } });

  /** One run has a clock of its own, a window and a retransmission's time after the last one. */
  let nowNs = 3_600_000_000_000n;
  const judge = (frames: readonly Uint8Array[]): void => {
    const ports = new Map<string, Set<number>>();
    const seen = new Set<string>();
    nowNs += 200_000_000_000n;
    program.setNow(nowNs);
    for (const key of blockedKeys) {
      program.setBlock(key, { startNs: nowNs, expiryNs: 0n, packets: 0n, bytes: 0n, reason: 2 });
    }
    for (const frame of frames) {
      last = frame;
      const parsed = parseFrame(frame);
      const { verdict, action } = program.run(frame);
      count++;
      verdicts.set(verdict, verdicts.get(verdict)! + 1);
      for (const branch of parsed.branches) branches.set(branch, branches.get(branch)! + 1);

      if (isBlocked(parsed)) {
        expect({ verdict, action }).toEqual({ verdict: Verdict.DROP_BLOCKED, action: DROP });
        continue;
      }
      if (parsed.class !== 'syn') {
        expect({ verdict, action }).toEqual({ verdict: VERDICT_OF[parsed.class], action: PASS });
        continue;
      }
      const source = sourceText(parsed.source!);
      const id = [parsed.source, parsed.destination, parsed.sourcePort, parsed.destinationPort, parsed.sequence].join();
      const touched = ports.get(source) ?? new Set<number>();
      ports.set(source, touched);
      if (seen.has(id)) {
        expect({ verdict, action }).toEqual({ verdict: Verdict.PASS_RETRANSMISSION, action: PASS });
        continue;
      }
      touched.add(parsed.destinationPort!);
      if (touched.size > THRESHOLD) {
        expect({ verdict, action }).toEqual({ verdict: Verdict.DROP_THRESHOLD, action: DROP });
        ports.set(source, new Set());
        nowNs += TTL_NS;
        program.setNow(nowNs);
        continue;
      }
      seen.add(id);
      expect({ verdict, action }).toEqual({ verdict: Verdict.PASS_CONNECTION, action: PASS });
    }
    program.takeConnections();
    program.takeScans();
  };

  const ipv4 = ['192.0.2.1', '192.0.2.56', BLOCKED[0]!];
  const ipv6 = ['2001:db8::1', '2001:db8::2', BLOCKED[1]!, 'fe80::1', '::ffff:c000:201'];
  const size = { minLength: PACKETS_A_RUN, maxLength: PACKETS_A_RUN };
  const again = fc.oneof({ arbitrary: fc.constant(undefined), weight: 9 }, fc.nat());
  // Now and then a frame comes once more.
  const trace = fc
    .array(fc.tuple(anyFrame({ ipv4, ipv6 }), again), size)
    .map((steps) => steps.map(([frame, earlier], i) => (earlier === undefined ? frame : steps[earlier % (i + 1)]![0])))
    .map((frames) => frames.map(longEnough));
  // Nothing is shrunk: what the program has seen cannot be taken back. So only the frame that failed is shown.
  const numRuns = Math.ceil(PACKETS / PACKETS_A_RUN);
  const { failed, errorInstance } = fc.check(fc.property(trace, judge), { seed, numRuns, endOnFailure: true });
  if (failed) throw new Error(`seed ${seed}, frame ${hex(last)}`, { cause: errorInstance });
  expect(count).toBeGreaterThanOrEqual(PACKETS);

  const table = [
    `seed ${seed}, ${count} packets`,
    ...Object.entries(Verdict).map(([name, verdict]) => `  ${name} ${verdicts.get(verdict)}`),
    ...[...branches].map(([name, times]) => `  ${name} ${times}`),
  ];
  process.stdout.write(`${table.join('\n')}\n`);
  for (const [name, verdict] of Object.entries(Verdict)) expect(verdicts.get(verdict), name).toBeGreaterThan(0);
  for (const [name, times] of branches) {
    if (OUT_OF_REACH.has(name)) expect(times, name).toBe(0);
    else expect(times, name).toBeGreaterThan(0);
  }
});
