import { readObject } from '@scanward/bpf-object';
import {
  features,
  loadObject,
  possibleCpus,
  raiseMemlock,
  RingBuffer,
  type BpfMap,
  type BpfProgram,
  type LoadedObject,
} from '@scanward/loader-native';
import {
  BlockOutcome,
  ClockKind,
  codecs,
  CommandFrame,
  commandOf,
  CommandOp,
  Evidence,
  Mode,
  ONLINK_MAX,
  perCpu,
  Response,
  SECRET_WORDS,
  SocketsKind,
  type Addr,
  type Block,
  type Blocklist,
  type BlockLine,
  type Command,
  type Connection,
  type Counters,
  type Endian,
  type Line,
  type Policy,
  type Scan,
  type SourceSet,
  type TestSocket,
} from '@scanward/map-codec';
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { repositoryFile } from './files.ts';
import { u32 } from './u32.ts';

const endian: Endian = endianness() === 'LE' ? 'little' : 'big';
const codec = codecs(endian);

/** A secret for every test: the hashes are the same in every run. */
export const TEST_SECRET: readonly bigint[] = Array.from(
  { length: SECRET_WORDS },
  (_, i) => (0x9e37_79b9_7f4a_7c15n * BigInt(2 * i + 1)) & 0xffff_ffff_ffff_ffffn,
);

const empty: Addr = new Uint8Array(16);

/** The default flags' policy: more than 3 ports in 60 s, an hour's block. */
export const DEFAULT_POLICY: Policy = {
  windowNs: 60_000_000_000n,
  blockTtlNs: 3_600_000_000_000n,
  threshold: 3,
  mode: Mode.KERNEL,
  response: Response.BLOCK,
  ipv6Prefix: 64,
  onlinkCount: 0,
  blocksPerMinute: 0,
  ephemeralFirst: 32_768,
  ephemeralLast: 60_999,
  evidence: Evidence.ANY,
  keepEstablished: 0,
  ipv6Mask: Uint8Array.from([...Array<number>(8).fill(0xff), ...Array<number>(8).fill(0)]),
  onlink: Array.from({ length: ONLINK_MAX }, () => ({ address: empty, mask: empty })),
};

/** Room for sockets of tests. */
const TEST_SOCKETS_MAX = 1_024;

export interface TestProgramOptions {
  readonly policy?: Partial<Policy>;
  /** Sets of four sources; default 512. */
  readonly sourceSets?: number;
  /** Lines of seven sources with one port; default 512. */
  readonly singleLines?: number;
  /** Lines of seven SYNs; default 512. */
  readonly synLines?: number;
  /** Default 1,024. */
  readonly maxBlocks?: number;
  /** Default 1,024. */
  readonly maxNets?: number;
  /** Lines of five cells; default half as many as blocks. */
  readonly blockLines?: number;
  readonly secret?: readonly bigint[];
  /** The clock's first value; default one hour. */
  readonly nowNs?: bigint;
  /** `kernel`: the kernel's, as the CLI chooses it, which cannot be set. Default `test`. */
  readonly clock?: 'test' | 'kernel';
  /** `kernel`: those of this network namespace. Default `test`: those of `setSocket`. */
  readonly sockets?: 'test' | 'kernel';
  /** Path of another object than the committed one of this machine's byte order. */
  readonly object?: string;
}

/** What a block says; of how many bits only where it matters. */
export type TestBlock = Omit<Block, 'bits'> & Partial<Block>;

const prefixKey = (address: Addr, bits: number): Uint8Array => codec.prefixKey.encode({ prefixBits: bits, address });

/** What the program did with one packet. */
export interface Judged {
  /** An index of `Verdict`. */
  readonly verdict: number;
  /** XDP_ABORTED 0, XDP_DROP 1, XDP_PASS 2. */
  readonly action: number;
}

/** The same, and the CPU that ran it. */
export interface JudgedOn extends Judged {
  readonly cpu: number;
}

/** The clock that the program has when it is shipped, as the CLI chooses it. */
export const shippedClock = (): ClockKind => (features().coarseClock ? ClockKind.COARSE : ClockKind.KTIME);

/** Every element of an array map becomes zero. */
function zero(map: BpfMap): void {
  const keys = new Uint8Array(4 * map.maxEntries);
  for (let i = 0; i < map.maxEntries; i++) keys.set(u32(i), 4 * i);
  map.setBatch(keys, new Uint8Array(map.valueBytes * map.maxEntries));
}

function clear(map: BpfMap): void {
  for (const key of [...map.keys()]) map.delete(key);
}

/** The name that a program is kept by; undefined for one that is not to be kept. */
function keptAs(options: Omit<TestProgramOptions, 'nowNs' | 'policy'>): string | undefined {
  const { sourceSets = 0, singleLines = 0, synLines = 0, maxBlocks = 0, blockLines = 0, maxNets = 0 } = options;
  const entries = sourceSets + singleLines + synLines + maxBlocks + blockLines + maxNets;
  const { object, clock } = options;
  if (object !== undefined || clock === 'kernel' || entries > KEPT_ENTRIES) return undefined;
  return JSON.stringify(options, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** Closed programs that are as good as new, by what they were loaded with: to verify one anew takes far longer. */
const idle = new Map<string, TestProgram>();
/** Tables beyond this are not worth emptying, nor keeping. */
const KEPT_ENTRIES = 16_384;

/**
 * The shipped program, never attached: packets are run through it with BPF_PROG_TEST_RUN, its clock stands still
 * until it is set, and its secret is known. Root. Close it, or declare it with `using`: it is then emptied and kept for
 * the next one who asks for the same.
 */
export class TestProgram implements Disposable {
  readonly object: LoadedObject;
  /** Undefined: not to be kept. */
  readonly #kept: string | undefined;
  readonly #connections: RingBuffer;
  readonly #scans: RingBuffer;
  readonly #clock: { map: BpfMap; bytes: Uint8Array; offset: number };
  #nowNs = 0n;
  readonly #frame = new CommandFrame(endian);
  readonly #counters = perCpu(codec.counters, possibleCpus());
  /** The verdicts that were counted when somebody last looked, of each CPU. */
  #seen: readonly Counters[];

  private constructor(object: LoadedObject, clock: { map: string; size: number; offset: number }, kept?: string) {
    this.object = object;
    this.#kept = kept;
    this.#connections = new RingBuffer(this.map('connections'));
    this.#scans = new RingBuffer(this.map('scans'));
    this.#clock = { map: this.map(clock.map), bytes: new Uint8Array(clock.size), offset: clock.offset };
    this.#seen = this.#readCounters();
  }

  static load(options: TestProgramOptions = {}): TestProgram {
    const { nowNs = 3_600_000_000_000n, policy = {}, ...made } = options;
    const kept = keptAs(made);
    const program = (kept !== undefined && idle.get(kept)) || TestProgram.#load(made, kept);
    if (kept !== undefined) idle.delete(kept);
    program.setNow(nowNs);
    program.setPolicy(policy);
    return program;
  }

  static #load(options: Omit<TestProgramOptions, 'nowNs' | 'policy'>, kept: string | undefined): TestProgram {
    const { sourceSets = 512, singleLines = 512, synLines = 512, maxBlocks = 1_024 } = options;
    const { maxNets = 1_024, secret = TEST_SECRET, blockLines = Math.max(1, Math.ceil(maxBlocks / 2)) } = options;
    const ours = repositoryFile(`bpf/prebuilt/scanward.${endian === 'little' ? 'bpfel' : 'bpfeb'}.o`);
    const path = options.object ?? ours;
    const spec = readObject(readFileSync(path));
    raiseMemlock();
    const object = loadObject(spec, {
      programs: ['scanward', 'scanward_command'],
      constants: {
        clock_kind: options.clock === 'kernel' ? shippedClock() : ClockKind.TEST,
        sockets_kind: options.sockets === 'kernel' ? SocketsKind.KERNEL : SocketsKind.TEST,
        has_frags: features().xdpFrags ? 1 : 0,
        source_sets: sourceSets,
        single_lines: singleLines,
        syn_lines: synLines,
        block_lines: blockLines,
        max_blocks: maxBlocks,
        secret: [...secret],
      },
      maxEntries: {
        sources: sourceSets,
        singles: singleLines,
        syns: synLines,
        blocked_lines: blockLines,
        blocked: maxBlocks,
        blocked_nets: maxNets,
        test_sockets: TEST_SOCKETS_MAX,
      },
    });
    const clock = spec.maps.flatMap(({ name: map, variables, valueSize: size }) =>
      variables.filter((variable) => variable.name === 'test_now_ns').map(({ offset }) => ({ map, size, offset })),
    )[0];
    if (!clock) throw new Error(`${path} has no test clock`);
    return new TestProgram(object, clock, kept);
  }

  map(name: string): BpfMap {
    const map = this.object.maps[name];
    if (!map) throw new Error(`the object has no map ${name}`);
    return map;
  }

  get program(): BpfProgram {
    return this.object.programs['scanward']!;
  }

  /** Sets the program's clock. */
  setNow(ns: bigint): void {
    const { map, bytes, offset } = this.#clock;
    new DataView(bytes.buffer).setBigUint64(offset, ns, endian === 'little');
    map.set(u32(0), bytes);
    this.#nowNs = ns;
  }

  /** Moves the program's clock on. */
  advance(ns: bigint): void {
    this.setNow(this.#nowNs + ns);
  }

  /** Replaces the policy: what is not given is the default. */
  setPolicy(policy: Partial<Policy>): void {
    this.map('policy').set(u32(0), codec.policy.encode({ ...DEFAULT_POLICY, ...policy }));
  }

  /** Allows a prefix; `bits` of the 128. */
  allow(address: Addr, bits: number, reason: number): void {
    this.map('allow').set(prefixKey(address, bits), codec.allow.encode({ reason }));
  }

  /** Allows a prefix no more. */
  disallow(address: Addr, bits: number): void {
    this.map('allow').delete(prefixKey(address, bits));
  }

  /** Whether an address is one of the host's own: what is sent to it can be a probe other than a SYN. */
  setLocal(address: Addr, isLocal: boolean): void {
    if (isLocal) this.map('local').set(address, codec.local.encode({ kind: 1 }));
    else this.map('local').delete(address);
  }

  /** The state of a socket as the kernel numbers them; 0: there is none any more. One for anybody has source and source port 0. */
  setSocket(socket: TestSocket, state: number): void {
    const key = codec.testSocket.encode(socket);
    if (state === 0) this.map('test_sockets').delete(key);
    else this.map('test_sockets').set(key, u32(state));
  }

  /** TCP ports that the program takes for published for somebody behind the host. */
  forwardedPorts(): number[] {
    return [...this.map('forwarded').entries()].flatMap(([key, bytes]) => {
      const index = new DataView(key.buffer, key.byteOffset).getUint32(0, endian === 'little');
      return [...bytes].flatMap((byte, i) => (byte === 0 ? [] : [index * bytes.length + i]));
    });
  }

  /** Runs one frame through the program. Frames run past it are no matter if `counters` was called since. */
  run(frame: Uint8Array): Judged {
    const { verdict, action } = this.judge(() => this.program.testRun({ data: frame }).verdict);
    return { verdict, action };
  }

  /** Reads off the counters what became of one packet, which somebody else runs: `run` returns the action. */
  judge(run: () => number): JudgedOn {
    const before = this.#seen;
    const action = run();
    this.#seen = this.#readCounters();
    const moved = this.#seen.flatMap(({ verdicts }, cpu) =>
      verdicts.flatMap(({ packets }, verdict) =>
        packets === before[cpu]!.verdicts[verdict]!.packets ? [] : [{ verdict, action, cpu }],
      ),
    );
    if (moved.length !== 1) throw new Error(`a packet must have one verdict, not ${JSON.stringify(moved)}`);
    return moved[0]!;
  }

  #readCounters(): Counters[] {
    return this.#counters.decode(this.map('counters').get(u32(0))!);
  }

  /** Summed over the CPUs. */
  counters(): Counters {
    const all = this.#readCounters();
    this.#seen = all;
    const sum = (pick: (counters: Counters) => bigint): bigint => all.reduce((total, one) => total + pick(one), 0n);
    return {
      verdicts: all[0]!.verdicts.map((_, i) => ({
        packets: sum(({ verdicts }) => verdicts[i]!.packets),
        bytes: sum(({ verdicts }) => verdicts[i]!.bytes),
      })),
      connectionsLost: sum(({ connectionsLost }) => connectionsLost),
      scansLost: sum(({ scansLost }) => scansLost),
      blocksMade: sum(({ blocksMade }) => blocksMade),
      blocksRefused: sum(({ blocksRefused }) => blocksRefused),
      blocksCapped: sum(({ blocksCapped }) => blocksCapped),
      sourcesEvicted: sum(({ sourcesEvicted }) => sourcesEvicted),
      singlesEvicted: sum(({ singlesEvicted }) => singlesEvicted),
      synsEvicted: sum(({ synsEvicted }) => synsEvicted),
    };
  }

  /** As it was when it was loaded: nobody blocked, allowed or with a grace, nothing seen, counted or reported. Policy and clock stay. */
  reset(): void {
    for (const name of ['blocked', 'blocked_nets', 'allow', 'graces', 'local', 'test_sockets']) clear(this.map(name));
    for (const name of ['blocked_lines', 'blocklist', 'forwarded', 'sources', 'singles', 'syns', 'counters'])
      zero(this.map(name));
    for (const ring of [this.#connections, this.#scans]) ring.read(() => undefined);
    this.#seen = this.#readCounters();
  }

  /** The block of a source, if it has one; it may have run out. */
  block(source: Addr): Block | undefined {
    const { outcome, block } = this.command({ op: CommandOp.FIND, source });
    return outcome === BlockOutcome.HELD ? block : undefined;
  }

  /** Writes a block as user space does, in place of one that the source has; false: there is no room. */
  setBlock(source: Addr, block: TestBlock): boolean {
    const made = this.command({ op: CommandOp.BLOCK, source, block: { bits: 128, ...block } });
    return made.outcome === BlockOutcome.MADE;
  }

  /** Lifts a block; whether there was one. */
  deleteBlock(source: Addr): boolean {
    return this.command({ op: CommandOp.UNBLOCK, source }).outcome === BlockOutcome.REMOVED;
  }

  /** Moves blocks of addresses that are allowed by now out of the cells of these lines; by default of all. */
  recheck(first = 0, count = this.map('blocked_lines').maxEntries): void {
    this.command({ op: CommandOp.RECHECK, first, count });
  }

  /** The block of exactly this net, if it has one; `bits` of the 128. */
  net(address: Addr, bits: number): Block | undefined {
    const { outcome, block } = this.#ofNet(CommandOp.FIND, address, bits);
    return outcome === BlockOutcome.HELD ? block : undefined;
  }

  /** Blocks a net as user space does, in place of a block that it has; false: there is no room. */
  setNet(address: Addr, bits: number, block: TestBlock): boolean {
    return this.#ofNet(CommandOp.BLOCK, address, bits, block).outcome === BlockOutcome.MADE;
  }

  /** Lifts the block of exactly this net; whether there was one. */
  deleteNet(address: Addr, bits: number): boolean {
    return this.#ofNet(CommandOp.UNBLOCK, address, bits).outcome === BlockOutcome.REMOVED;
  }

  #ofNet(op: number, source: Addr, bits: number, block: TestBlock = commandOf({ op }).block): Command {
    return this.command({ op, source, isNet: 1, block: { ...block, bits } });
  }

  /** All nets that are blocked, also those whose block has run out. */
  nets(): { address: Addr; block: Block }[] {
    const entries = [...this.map('blocked_nets').entries()];
    return entries.map(([key, value]) => ({
      address: codec.prefixKey.decode(key).address,
      block: codec.block.decode(value),
    }));
  }

  /** Nobody of this prefix is blocked by the program before then; `bits` of the 128. */
  grace(address: Addr, bits: number, untilNs: bigint): void {
    this.map('graces').set(prefixKey(address, bits), codec.grace.encode({ untilNs }));
  }

  /** Takes a grace of exactly this prefix back; whether there was one. */
  ungrace(address: Addr, bits: number): boolean {
    return this.map('graces').delete(prefixKey(address, bits));
  }

  /** How many blocks the program counts in lines and hash. */
  blockCount(): number {
    return this.#blocklist().count;
  }

  /** How many nets the program counts. */
  netCount(): number {
    return this.#blocklist().nets;
  }

  #blocklist(): Blocklist {
    return codec.blocklist.decode(this.map('blocklist').get(u32(0))!);
  }

  blockLine(index: number): BlockLine {
    return codec.blockLine.decode(this.map('blocked_lines').get(u32(index))!);
  }

  /** The blocks that stand in the hash. */
  hashedBlocks(): { source: Addr; block: Block }[] {
    return [...this.map('blocked').entries()].map(([source, bytes]) => ({ source, block: codec.block.decode(bytes) }));
  }

  /** The connections reported since the last call, oldest first. */
  takeConnections(): Connection[] {
    const taken: Connection[] = [];
    this.#connections.read((bytes, offset) => taken.push(codec.connection.decode(bytes, offset)));
    return taken;
  }

  /** As `takeConnections`, but only says how many there were. */
  countConnections(): number {
    let records = 0;
    for (let read = -1; read !== 0; records += read) read = this.#connections.read(() => undefined);
    return records;
  }

  /** The scans reported since the last call. */
  takeScans(): Scan[] {
    const taken: Scan[] = [];
    this.#scans.read((bytes, offset) => taken.push(codec.scan.decode(bytes, offset)));
    return taken;
  }

  sourceSet(index: number): SourceSet {
    return codec.sourceSet.decode(this.map('sources').get(u32(index))!);
  }

  line(map: 'singles' | 'syns', index: number): Line {
    return codec.line.decode(this.map(map).get(u32(index))!);
  }

  /** Asks the command program; gives its answer. */
  command(command: Pick<Command, 'op'> & Partial<Command>): Command {
    const frame = this.#frame;
    frame.clear();
    frame.add(commandOf(command));
    frame.run((data) => this.object.programs['scanward_command']!.testRun({ data }).data);
    return frame.answer(0);
  }

  close(): void {
    if (this.#kept !== undefined && !idle.has(this.#kept)) {
      this.reset();
      idle.set(this.#kept, this);
    } else if (idle.get(this.#kept ?? '') !== this) {
      this.#connections.close();
      this.#scans.close();
      this.object.close();
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
