/** Any packet at all: what must never happen, held against the reference parser. */
import { blockExpiryNs, Verdict } from '@scanward/map-codec';
import { BRANCHES, isIpv4Mapped, parseAddress, parseFrame, type ParsedFrame } from '@scanward/packet';
import { TestProgram } from '@scanward/testkit';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { anyFrame } from '../../packages/packet/test/arbitrary.ts';
import { FRAME_BYTES_MIN } from './trace.ts';

const PACKETS_A_RUN_MAX = 200;
const DROP = 1;
const PASS = 2;
const THRESHOLD = 5;
/** Two ticks: a crossing's touches are void a moment later. */
const TTL_NS = 2_048n;
const START_NS = 3_600_000_000_000n;

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

/** 0.0.0.0 and the prefix of `::`: who has no address yet is never a scanner. */
function isNobody(address: Uint8Array): boolean {
  const part = isIpv4Mapped(address) ? address.slice(12) : address.slice(0, 8);
  return part.every((octet) => octet === 0);
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

const ipv4 = ['192.0.2.1', '192.0.2.56', BLOCKED[0]!];
const ipv6 = ['2001:db8::1', '2001:db8::2', BLOCKED[1]!, 'fe80::1', '::ffff:c000:201'];
const again = fc.oneof({ arbitrary: fc.constant(undefined), weight: 9 }, fc.nat());

/** Up to 200 frames; now and then one comes once more. */
export const frames: fc.Arbitrary<Uint8Array[]> = fc
  .array(fc.tuple(anyFrame({ ipv4, ipv6 }).map(longEnough), again), {
    minLength: 1,
    maxLength: PACKETS_A_RUN_MAX,
    size: 'max',
  })
  .map((steps) => steps.map(([frame, earlier], i) => (earlier === undefined ? frame : steps[earlier % (i + 1)]![0])));

interface Judgement {
  readonly verdict: number;
  readonly action: number;
}

function hold(frame: Uint8Array, actual: Judgement, expected: Judgement): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`frame ${hex(frame)}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
}

/** What a plain account of one run expects of the next packet. */
class Account {
  readonly #ports = new Map<string, Set<number>>();
  readonly #seen = new Set<string>();

  expect(parsed: ParsedFrame): Judgement {
    if (isBlocked(parsed)) return { verdict: Verdict.DROP_BLOCKED, action: DROP };
    if (parsed.class !== 'syn') return { verdict: VERDICT_OF[parsed.class], action: PASS };
    const id = [parsed.source, parsed.destination, parsed.sourcePort, parsed.destinationPort, parsed.sequence].join();
    if (this.#seen.has(id)) return { verdict: Verdict.PASS_RETRANSMISSION, action: PASS };
    const source = sourceText(parsed.source!);
    const touched = this.#ports.get(source) ?? new Set<number>();
    this.#ports.set(source, touched.add(parsed.destinationPort!));
    if (touched.size > THRESHOLD && !isNobody(parsed.source!)) {
      this.#ports.delete(source);
      return { verdict: Verdict.DROP_THRESHOLD, action: DROP };
    }
    this.#seen.add(id);
    return { verdict: Verdict.PASS_CONNECTION, action: PASS };
  }
}

/** The program with two sources blocked for ever, and what it did with the packets that were held against it. */
export class PacketJudge implements Disposable {
  readonly verdicts = new Map<number, number>(Object.values(Verdict).map((verdict) => [verdict, 0]));
  /** How often the reference parser took each way. */
  readonly branches = new Map<string, number>(BRANCHES.map((branch) => [branch, 0]));
  packets = 0;
  readonly #program = TestProgram.load({
    policy: { threshold: THRESHOLD, blockTtlNs: TTL_NS },
    sourceSets: 512,
    synLines: 1_024,
  });
  #nowNs = START_NS;

  /** Runs the frames, from an empty state. Throws when one is not judged as it must be; returns how many there were. */
  judge(frames: readonly Uint8Array[]): number {
    const account = new Account();
    this.#reset();
    for (const frame of frames) this.#judgeOne(frame, account);
    this.packets += frames.length;
    return frames.length;
  }

  #setNow(nowNs: bigint): void {
    this.#nowNs = nowNs;
    this.#program.setNow(nowNs);
  }

  #reset(): void {
    this.#program.reset();
    this.#setNow(START_NS);
    for (const key of blockedKeys) {
      this.#program.setBlock(key, { startNs: START_NS, expiryNs: 0n, packets: 0n, bytes: 0n, reason: 2 });
    }
  }

  #judgeOne(frame: Uint8Array, account: Account): void {
    const parsed = parseFrame(frame);
    const actual = this.#program.run(frame);
    hold(frame, actual, account.expect(parsed));
    this.verdicts.set(actual.verdict, this.verdicts.get(actual.verdict)! + 1);
    for (const branch of parsed.branches) this.branches.set(branch, this.branches.get(branch)! + 1);
    // The block of a crossing is over at the next packet.
    if (actual.verdict === Verdict.DROP_THRESHOLD) this.#setNow(blockExpiryNs(this.#nowNs + TTL_NS));
  }

  [Symbol.dispose](): void {
    this.#program.close();
  }
}
