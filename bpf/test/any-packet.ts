/** Any packet at all: what must never happen, held against the reference parser. */
import { blockExpiryNs, Verdict } from '@scanward/map-codec';
import { buildFrame, BRANCHES, isIpv4Mapped, parseAddress, parseFrame, type ParsedFrame } from '@scanward/packet';
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

/** To this port of an own address somebody is connected, whoever asks. */
const LOCAL = ['10.0.0.5', '2001:db8::2'].map(parseAddress);
const OWNED_PORT = 5;
const TCP = 6;
const ESTABLISHED = 1;
const SYN = 0x02;
const RST_OR_ACK = 0x14;
const LATE: readonly (string | undefined)[] = ['fin', 'ack', 'maimon', 'udp'];

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

/** Of a session that a blocked source has: hardly ever met by chance. */
const ofSession = fc.record({ sequence: fc.nat(), flags: fc.constantFrom(0x10, 0x11, 0x14, 0x18) }).map((segment) =>
  buildFrame({
    network: { kind: 'ipv4', source: BLOCKED[0]!, destination: LOCAL[0]! },
    transport: { kind: 'tcp', sourcePort: 40_000, destinationPort: OWNED_PORT, ...segment },
  }),
);
const oneFrame = fc.oneof(
  { arbitrary: anyFrame({ ipv4, ipv6 }).map(longEnough), weight: 49 },
  { arbitrary: ofSession, weight: 1 },
);

/** Up to 200 frames; now and then one comes once more. */
export const frames: fc.Arbitrary<Uint8Array[]> = fc
  .array(fc.tuple(oneFrame, again), {
    minLength: 1,
    maxLength: PACKETS_A_RUN_MAX,
    size: 'max',
  })
  .map((steps) => steps.map(([frame, earlier], i) => (earlier === undefined ? frame : steps[earlier % (i + 1)]![0])));

const isLocal = ({ destination }: ParsedFrame): boolean =>
  LOCAL.some((own) => destination !== undefined && own.join() === destination.join());
const isConnected = (parsed: ParsedFrame): boolean =>
  parsed.protocol === TCP && parsed.destinationPort === OWNED_PORT && isLocal(parsed);
const hasSyn = ({ flags = 0 }: ParsedFrame): boolean => (flags & SYN) !== 0;
/** The default's ephemeral ports. */
const isEphemeral = (port: number): boolean => port >= 32_768 && port <= 60_999;

function idOf(parsed: ParsedFrame, sequence: number): string {
  return [parsed.source, parsed.destination, parsed.sourcePort, parsed.destinationPort, sequence].join();
}

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
  readonly #forwarded = new Set<number>();

  /** Whether the last packet crossed the threshold. */
  crossed = false;

  expect(parsed: ParsedFrame): Judgement {
    this.crossed = false;
    if (isBlocked(parsed)) {
      const isKept = isConnected(parsed) && parsed.isCut === false && !hasSyn(parsed);
      if (isKept) return { verdict: Verdict.PASS_ESTABLISHED, action: PASS };
      return { verdict: Verdict.DROP_BLOCKED, action: DROP };
    }
    if (parsed.class !== 'syn') return this.#expectStray(parsed, { verdict: VERDICT_OF[parsed.class], action: PASS });
    const id = idOf(parsed, parsed.sequence!);
    if (this.#seen.has(id)) return { verdict: Verdict.PASS_RETRANSMISSION, action: PASS };
    // A fragment without flags always passes.
    if (this.#crosses(parsed) && parsed.kind !== 'fragment') return { verdict: Verdict.DROP_THRESHOLD, action: DROP };
    this.#seen.add(id);
    return { verdict: Verdict.PASS_CONNECTION, action: PASS };
  }

  /** What is neither SYN nor dropped: does it count? */
  #expectStray(parsed: ParsedFrame, otherwise: Judgement): Judgement {
    if (parsed.isChecksumWrong !== false || this.#follows(parsed)) return otherwise;
    const port = parsed.destinationPort!;
    const isLate =
      LATE.includes(parsed.kind) && (isEphemeral(port) || (parsed.protocol === TCP && this.#forwarded.has(port)));
    const counts = parsed.kind !== undefined && isLocal(parsed) && !isConnected(parsed) && !isLate;
    if (!counts || isNobody(parsed.source!)) return otherwise;
    if (this.#crosses(parsed)) return { verdict: Verdict.DROP_THRESHOLD, action: DROP };
    return { verdict: Verdict.PASS_PROBE, action: PASS };
  }

  /** Whether it follows a SYN at once; what that says is noted. */
  #follows(parsed: ParsedFrame): boolean {
    const mayFollow = parsed.hasPayload === false && !hasSyn(parsed) && (parsed.flags! & RST_OR_ACK) !== 0;
    if (!mayFollow || (parsed.kind === 'ack' && isEphemeral(parsed.destinationPort!))) return false;
    const id = idOf(parsed, (parsed.sequence! - 1) >>> 0);
    if (!this.#seen.has(id)) return false;
    if (isConnected(parsed)) this.#seen.delete(id);
    else if (parsed.kind === 'ack' && isLocal(parsed)) this.#forwarded.add(parsed.destinationPort!);
    return true;
  }

  /** Counts a probe. */
  #crosses(parsed: ParsedFrame): boolean {
    const source = sourceText(parsed.source!);
    const touched = this.#ports.get(source) ?? new Set<number>();
    this.#ports.set(source, touched.add(parsed.destinationPort!));
    this.crossed = touched.size > THRESHOLD && !isNobody(parsed.source!);
    if (this.crossed) this.#ports.delete(source);
    return this.crossed;
  }
}

/** The program with two sources blocked for ever, and what it did with the packets that were held against it. */
export class PacketJudge implements Disposable {
  readonly verdicts = new Map<number, number>(Object.values(Verdict).map((verdict) => [verdict, 0]));
  /** How often the reference parser took each way. */
  readonly branches = new Map<string, number>(BRANCHES.map((branch) => [branch, 0]));
  packets = 0;
  readonly #program = TestProgram.load({
    policy: { threshold: THRESHOLD, blockTtlNs: TTL_NS, keepEstablished: 1 },
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
    const anybody = { source: new Uint8Array(16), sourcePort: 0, destinationPort: OWNED_PORT, protocol: TCP };
    for (const destination of LOCAL) {
      this.#program.setLocal(destination, true);
      this.#program.setSocket({ ...anybody, destination }, ESTABLISHED);
    }
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
    if (account.crossed) this.#setNow(blockExpiryNs(this.#nowNs + TTL_NS));
  }

  [Symbol.dispose](): void {
    this.#program.close();
  }
}
