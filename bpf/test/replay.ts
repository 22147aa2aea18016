/** Plays a trace through the program and through its reference in TypeScript, and compares all that can be seen. */
import * as detector from '@scanward/detector';
import type { BlockedNet, PortedPacket, Reference, ReferencePolicy, ScanRecord } from '@scanward/detector';
import {
  blockExpiryNs,
  CommandOp,
  Evidence,
  Mode,
  PORTS_MAX,
  Response,
  type Policy,
  type Prefix,
  type Scan,
  type TestSocket,
} from '@scanward/map-codec';
import { parseFrame } from '@scanward/packet';
import { DEFAULT_POLICY, TEST_SECRET, type Judged, type TestBlock, TestProgram } from '@scanward/testkit';
import { inspect, isDeepStrictEqual } from 'node:util';
import { address } from './packets.ts';
import type { PinnedCpus } from './pinned.ts';
import {
  destinationOf,
  frameOf,
  SOURCE_PORT,
  type FrameStep,
  type SocketStep,
  type Step,
  type SynStep,
  type Trace,
  type TracePolicy,
} from './trace.ts';

/** The device of a test run. */
const LOOPBACK = 1;
const SOURCE_SETS = 3;
const SINGLE_LINES = 3;
const SYN_LINES = 3;
const MAX_BLOCKS = 8;
const BLOCK_LINES = 2;
const MAX_NETS = 5;
const CLOCKS_APART_NS = 3_000n;

/** The reference, or a copy of it with a fault. */
export type Model = Pick<
  typeof detector,
  'Reference' | 'slotValue' | 'sourceOf' | 'compilePolicy' | 'ticksOf' | 'SOURCES_PER_SET'
>;

/** Program and reference were not the same. */
export class Difference extends Error {
  constructor(what: string, actual: unknown, expected: unknown) {
    const show = (value: unknown): string => inspect(value, { depth: 5, maxArrayLength: 40, breakLength: 110 });
    super(`${what}\nprogram:   ${show(actual)}\nreference: ${show(expected)}`);
  }
}

function same(what: string, actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) throw new Difference(what, actual, expected);
}

/** The program in the size that the traces are made for: small tables, so that they overflow. */
export function loadForTraces(object?: string): TestProgram {
  const lines = { singleLines: SINGLE_LINES, synLines: SYN_LINES, blockLines: BLOCK_LINES };
  const sizes = { sourceSets: SOURCE_SETS, maxBlocks: MAX_BLOCKS, maxNets: MAX_NETS, ...lines };
  return TestProgram.load(object === undefined ? sizes : { ...sizes, object });
}

interface Net {
  readonly address: Uint8Array;
  readonly bits: number;
}

function prefixOf(text: string): Net {
  const [host, bits] = text.split('/');
  return { address: address(host!), bits: Number(bits) };
}

const maskOf = (bits: number): Uint8Array =>
  Uint8Array.from({ length: 16 }, (_, i) => (0xff00 >> Math.min(8, Math.max(0, bits - 8 * i))) & 0xff);

const none: Prefix = { address: new Uint8Array(16), mask: new Uint8Array(16) };

function programPolicy({ mode, response, onlink, ephemeral, ...rules }: TracePolicy): Policy {
  const nets = onlink.map(prefixOf).map(({ address, bits }): Prefix => {
    const mask = maskOf(bits);
    return { address: address.map((octet, i) => octet & mask[i]!), mask };
  });
  return {
    ...rules,
    mode: mode === 'kernel' ? Mode.KERNEL : Mode.USER,
    response: response === 'block' ? Response.BLOCK : Response.LOG,
    evidence: rules.evidence === 'any' ? Evidence.ANY : Evidence.CLOSED,
    keepEstablished: rules.keepEstablished ? 1 : 0,
    ephemeralFirst: ephemeral[0],
    ephemeralLast: ephemeral[1],
    ipv6Mask: maskOf(rules.ipv6Prefix),
    onlinkCount: nets.length,
    onlink: DEFAULT_POLICY.onlink.map((_, i) => nets[i] ?? none),
  };
}

function referencePolicy(rules: TracePolicy): ReferencePolicy {
  return { ...rules, onlink: rules.onlink.map(prefixOf) };
}

/** The record as the ring holds it: a count, and room for 32 ports. */
function recordOf({ ports, ...scan }: ScanRecord): Scan {
  return { ...scan, portsCount: ports.length, ports: [...ports, ...Array<number>(PORTS_MAX - ports.length).fill(0)] };
}

function socketKey(socket: Pick<PortedPacket, keyof TestSocket>): string {
  const { source, destination, sourcePort, destinationPort, protocol } = socket;
  return [source, destination, sourcePort, destinationPort, protocol].join();
}

class Replay {
  readonly #program: TestProgram;
  readonly #model: Model;
  readonly #cpus: PinnedCpus;
  readonly #reference: Reference;
  readonly #allowed = new Set<string>();
  readonly #local = new Set<string>();
  readonly #sockets = new Map<string, number>();
  #rules: TracePolicy;
  #nowNs: bigint;
  readonly #times: bigint[] = [];
  packets = 0;
  /** Of them, by place: those that were run on a named CPU. */
  readonly pinned: number[];

  constructor(trace: Trace, program: TestProgram, cpus: PinnedCpus, model: Model) {
    this.#program = program;
    this.#model = model;
    this.#cpus = cpus;
    this.pinned = cpus.numbers.map(() => 0);
    this.#rules = trace.policy;
    this.#nowNs = trace.startNs;
    this.#reference = new model.Reference({
      policy: referencePolicy(trace.policy),
      secret: TEST_SECRET,
      sourceSets: SOURCE_SETS,
      singleLines: SINGLE_LINES,
      synLines: SYN_LINES,
      blocksMax: MAX_BLOCKS,
      blockLines: BLOCK_LINES,
      netsMax: MAX_NETS,
      sockets: (packet) => this.#socketState(packet),
    });
    program.reset();
    program.setNow(trace.startNs);
    program.setPolicy(programPolicy(trace.policy));
    for (const prefix of trace.allow) this.#allow(prefix, true);
    for (const own of trace.local) this.#setLocal(own, true);
  }

  step(step: Step): void {
    switch (step.kind) {
      case 'tcp':
      case 'udp':
      case 'frame':
        this.#packet(step);
        break;
      case 'policy':
        this.#setPolicy(step.change);
        break;
      case 'allow':
      case 'disallow':
        this.#allow(step.prefix, step.kind === 'allow');
        break;
      case 'socket':
        this.#setSocket(step);
        break;
      case 'local':
      case 'not-local':
        this.#setLocal(step.address, step.kind === 'local');
        break;
      case 'block':
        this.#block(step.source, step.lastsNs, step.reason);
        break;
      case 'unblock':
        this.#unblock(this.#sourceOf(step.source).key);
        break;
      case 'forget':
        this.#forget(this.#sourceOf(step.source).key);
        break;
      case 'block-net':
        this.#blockNet(prefixOf(step.net), step.lastsNs);
        break;
      case 'unblock-net':
        this.#unblockNet(prefixOf(step.net));
        break;
      case 'grace':
        this.#grace(prefixOf(step.prefix), step.lastsNs);
        break;
      case 'ungrace':
        this.#ungrace(prefixOf(step.prefix));
        break;
      case 'sweep':
        this.#sweep(step.first, step.count);
        break;
      case 'recheck':
        this.#program.recheck(step.first, step.count);
        for (let line = step.first; line < step.first + step.count; line++) this.#reference.blocks.recheck(line);
        break;
    }
  }

  #setLocal(text: string, isLocal: boolean): void {
    this.#program.setLocal(address(text), isLocal);
    if (isLocal) this.#local.add(text);
    else this.#local.delete(text);
    this.#reference.local.clear();
    for (const one of this.#local) this.#reference.local.add({ address: address(one), bits: 128 });
  }

  #setSocket({ protocol, from, to, port: destinationPort, state }: SocketStep): void {
    const families = from === null ? ['0.0.0.0', '::'] : [from];
    for (const family of families) {
      const destination = address(destinationOf({ from: family, to }));
      const source = from === null ? new Uint8Array(16) : address(from);
      const socket = { source, destination, sourcePort: from === null ? 0 : SOURCE_PORT, destinationPort, protocol };
      this.#program.setSocket(socket, state);
      this.#sockets.set(socketKey(socket), state);
    }
  }

  #socketState(packet: PortedPacket): number {
    const own = this.#sockets.get(socketKey(packet));
    if (own) return own;
    return this.#sockets.get(socketKey({ ...packet, source: new Uint8Array(16), sourcePort: 0 })) ?? 0;
  }

  #setPolicy(change: Partial<TracePolicy>): void {
    this.#rules = { ...this.#rules, ...change };
    this.#program.setPolicy(programPolicy(this.#rules));
    this.#reference.setPolicy(referencePolicy(this.#rules));
  }

  #forget(source: Uint8Array): void {
    this.#program.command({ op: CommandOp.FORGET, source });
    this.#reference.forget(source);
  }

  #packet(step: SynStep | FrameStep): void {
    this.packets++;
    this.#nowNs = this.#timeOf(step);
    this.#times.push(this.#nowNs);
    this.#program.setNow(this.#nowNs);
    const frame = frameOf(step);
    const { verdict, action } = step.cpu === null ? this.#program.run(frame) : this.#runOn(step.cpu, frame);
    const outcome = this.#reference.packet(parseFrame(frame), this.#nowNs, LOOPBACK);
    const isDropped = outcome.verdict >= detector.Verdict.dropBlocked;
    same('verdict and action', [verdict, action], [outcome.verdict, isDropped ? 1 : 2]);
    same('connections', this.#program.takeConnections(), outcome.connection ? [outcome.connection] : []);
    same('scans', this.#program.takeScans(), outcome.scan ? [recordOf(outcome.scan)] : []);
  }

  #timeOf({ back, afterNs, afterUnitNs }: SynStep | FrameStep): bigint {
    const spanNs = (this.#times.at(-back) ?? this.#nowNs) + afterNs;
    const timeNs = afterUnitNs === null ? spanNs : blockExpiryNs(spanNs) + afterUnitNs;
    return timeNs < 0n || timeNs < this.#nowNs - CLOCKS_APART_NS ? this.#nowNs : timeNs;
  }

  /** The counters must say that it was this CPU. */
  #runOn(step: number, frame: Uint8Array): Judged {
    const place = step % this.#cpus.numbers.length;
    const judged = this.#program.judge(() => this.#cpus.run(place, this.#program.program.fd, frame));
    const named = this.#cpus.numbers[place]!;
    if (judged.cpu !== named) throw new Error(`CPU ${judged.cpu} ran what CPU ${named} should`);
    this.pinned[place]!++;
    return judged;
  }

  /** The source of an address by the policy of now. */
  #sourceOf(text: string): { readonly key: Uint8Array; readonly bits: number } {
    return this.#model.sourceOf(address(text), referencePolicy(this.#rules));
  }

  #allow(prefix: string, isAllowed: boolean): void {
    const { address, bits } = prefixOf(prefix);
    if (isAllowed) this.#program.allow(address, bits, 5);
    else this.#program.disallow(address, bits);
    if (isAllowed) this.#allowed.add(prefix);
    else this.#allowed.delete(prefix);
    this.#reference.allow.clear();
    for (const one of this.#allowed) this.#reference.allow.add(prefixOf(one));
  }

  /** A block from now on; 0n: for ever. */
  #lasting(lastsNs: bigint, reason: number): TestBlock {
    const expiryNs = lastsNs === 0n ? 0n : this.#nowNs + lastsNs;
    return { startNs: this.#nowNs, expiryNs, packets: 0n, bytes: 0n, reason };
  }

  #block(from: string, lastsNs: bigint, reason: number): void {
    const { key: source, bits } = this.#sourceOf(from);
    const block = { ...this.#lasting(lastsNs, reason), bits };
    const [program, { blocks }] = [this.#program, this.#reference];
    same('a block by user space', program.setBlock(source, block), blocks.set(source, block, this.#nowNs));
    same('the block', program.block(source), blocks.get(source));
  }

  #unblock(source: Uint8Array): void {
    same('a block lifted', this.#program.deleteBlock(source), this.#reference.blocks.delete(source));
  }

  #blockNet(net: Net, lastsNs: bigint): void {
    const block = this.#lasting(lastsNs, detector.BlockReason.operator);
    const [program, { nets }] = [this.#program, this.#reference];
    same('a net blocked', program.setNet(net.address, net.bits, block), nets.set(net, block));
    same('the block of a net', program.net(net.address, net.bits), nets.get(net));
  }

  #unblockNet(net: Net): void {
    const lifted = this.#program.deleteNet(net.address, net.bits);
    same('the block of a net lifted', lifted, this.#reference.nets.delete(net));
  }

  #grace(prefix: Net, lastsNs: bigint): void {
    this.#program.grace(prefix.address, prefix.bits, this.#nowNs + lastsNs);
    this.#reference.graces.set(prefix, this.#nowNs + lastsNs);
  }

  #ungrace(prefix: Net): void {
    const taken = this.#program.ungrace(prefix.address, prefix.bits);
    same('a grace taken back', taken, this.#reference.graces.delete(prefix));
  }

  #sweep(first: number, count: number): void {
    const { sources } = this.#reference;
    const taken = (): number =>
      Array.from({ length: sources.slots }, (_, slot) => slot).filter((slot) => !sources.isEmpty(slot)).length;
    const before = taken();
    const rules = this.#model.compilePolicy(referencePolicy(this.#rules));
    const begin = Math.min(first, sources.sets);
    const sets = Math.min(count, sources.sets - begin);
    const live = sources.sweep(this.#model.ticksOf(this.#nowNs), rules, begin, sets);
    const answer = this.#program.command({ op: CommandOp.SWEEP, first, count });
    same('a sweep', [answer.live, answer.emptied], [live, before - taken()]);
  }

  /** What the maps hold. */
  compareStates(): void {
    const [program, reference] = [this.#program, this.#reference];
    for (let set = 0; set < SOURCE_SETS; set++) {
      program.sourceSet(set).slots.forEach((slot, place) => {
        const expected = this.#model.slotValue(reference.sources, set * this.#model.SOURCES_PER_SET + place);
        same(`sources: set ${set}, slot ${place}`, slot, expected);
      });
    }
    for (let line = 0; line < SINGLE_LINES; line++) {
      const expected = { mark: reference.singles.mark(line), cells: reference.singles.cells(line) };
      same(`singles: line ${line}`, program.line('singles', line), expected);
    }
    for (let line = 0; line < SYN_LINES; line++)
      same(`syns: line ${line}`, program.line('syns', line), { mark: 0, cells: reference.syns.cells(line) });
    this.#compareBlocks();
    const byNumber = (a: number, b: number): number => a - b;
    same('forwarded', program.forwardedPorts().sort(byNumber), [...reference.forwarded].sort(byNumber));
    const { verdicts, ...others } = reference.counters;
    // What a full ring loses is not modelled: here none is ever full.
    const lost = { connectionsLost: 0n, scansLost: 0n };
    same('counters', program.counters(), { verdicts, ...lost, ...others });
  }

  #compareBlocks(): void {
    const [program, { blocks, nets }] = [this.#program, this.#reference];
    const byText = (hashed: { source: Uint8Array; block: unknown }[]): Map<string, unknown> =>
      new Map(hashed.map(({ source, block }) => [source.join(), block]));
    const byNet = (blocked: readonly BlockedNet[]): Map<string, unknown> =>
      new Map(blocked.map(({ address: net, block }) => [`${net.join()}/${block.bits}`, block]));
    for (let line = 0; line < BLOCK_LINES; line++)
      same(`blocked_lines: line ${line}`, program.blockLine(line), blocks.line(line));
    same('blocked', byText(program.hashedBlocks()), byText([...blocks.hashed()]));
    same('number of blocks', program.blockCount(), blocks.size);
    same('blocked_nets', byNet(program.nets()), byNet(nets.list()));
    same('number of nets', program.netCount(), nets.size);
  }
}

/** How much was played. */
export interface Played {
  readonly packets: number;
  /** Of them, by place: those that were run on a named CPU. */
  readonly pinned: readonly number[];
}

/** Plays one trace from an empty state; throws a `Difference`. */
export function replay(trace: Trace, program: TestProgram, cpus: PinnedCpus, model: Model = detector): Played {
  const run = new Replay(trace, program, cpus, model);
  trace.steps.forEach((step, i) => {
    try {
      run.step(step);
    } catch (error) {
      if (error instanceof Error) error.message = `step ${i} (${step.kind}): ${error.message}`;
      throw error;
    }
  });
  run.compareStates();
  return run;
}
