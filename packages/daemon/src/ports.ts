/** What the daemon needs from the world. The CLI plugs the kernel in; tests plug in fakes. */
import type { Policy } from '@scanward/map-codec';
import type { DaemonEvent } from './events.ts';
import type { Sha256 } from './state/state-lines.ts';

/** Where connections and scans come from: the two ring buffers of `bpf/types.h`. */
export interface EventSource {
  /**
   * Visits every waiting `struct connection`, oldest first, without copying: `bytes` and `offset` are valid
   * only during the call. Returns how many there were.
   */
  drainConnections(visit: (bytes: Uint8Array, offset: number) => void): number;
  /** The same for `struct scan`. */
  drainScans(visit: (bytes: Uint8Array, offset: number) => void): number;
  /** Resolves when scans wait to be drained, and with `false` once the source is closed. */
  scansWaiting(): Promise<boolean>;
}

/** Why somebody is blocked: `enum block_reason`. `list`: by a file, for as long as it stands there. */
export type BlockReasonName = 'scan' | 'operator' | 'list';

/** A block: `struct block` and its key. */
export interface BlockEntry {
  /** 16 bytes; an IPv6 source is its prefix. */
  readonly source: Uint8Array;
  /** How much of the 128 bits of `source` is blocked: 128, the policy's IPv6 prefix, or the length of a net. */
  readonly bits: number;
  /** Rounded down to 2^26 ns. */
  readonly startNs: bigint;
  /** 0: for ever. Rounded up to 2^26 ns. */
  readonly expiryNs: bigint;
  readonly reason: BlockReasonName;
  readonly packets: bigint;
  readonly bytes: bigint;
  /** Whether it is an operator's net. Scans are blocked as sources, and so is a single IPv4 address of the operator. */
  readonly isNet: boolean;
}

/** What a block is to say. */
export interface NewBlock {
  readonly startNs: bigint;
  /** 0: for ever. */
  readonly expiryNs: bigint;
  readonly reason: BlockReasonName;
  /** Dropped already; default 0. */
  readonly packets?: bigint;
  readonly bytes?: bigint;
}

/**
 * The blocklist of the program, which is its only writer. A net holds no source's block and the other way round: each is
 * asked for, written and removed by itself.
 */
export interface BlockStore {
  /** All of them, the sources first; one that moves within the program's tables meanwhile may come twice. */
  entries(): Iterable<BlockEntry>;
  get(source: Uint8Array): BlockEntry | undefined;
  /** Blocks a source, `bits` long. Returns false when the blocklist is full. An existing entry is replaced. */
  add(source: Uint8Array, bits: number, block: NewBlock): boolean;
  /** Returns false when there was no such block. */
  remove(source: Uint8Array): boolean;
  /** The block of exactly this net. */
  getNet(net: Prefix): BlockEntry | undefined;
  /** Blocks a net. Returns false when there is no room for another net. An existing entry of exactly this net is replaced. */
  addNet(net: Prefix, block: NewBlock): boolean;
  /** Returns false when there was no block of exactly this net. */
  removeNet(net: Prefix): boolean;
}

/** Which block of the program is meant. */
export type BlockKey = Pick<BlockEntry, 'source' | 'bits' | 'isNet'>;

/** A block, and where it is to stand. */
export type KeyedBlock = BlockKey & NewBlock;

/** A blocklist that takes many changes at once, each in a tenth of the time. */
export interface BulkBlockStore extends BlockStore {
  /** As `add` or `addNet` of each; returns how many found room. */
  addAll(blocks: readonly KeyedBlock[]): number;
  /** As `remove` or `removeNet` of each; returns how many there were. */
  removeAll(blocks: readonly BlockKey[]): number;
}

/** Until when the sources of a prefix are not blocked by the program, whatever they do: they were unblocked by command. */
export interface GraceEntry extends Prefix {
  readonly untilNs: bigint;
}

/** The graces of the program, which only reads them: of several that hold an address it asks the longest prefix. */
export interface GraceStore {
  entries(): Iterable<GraceEntry>;
  /**
   * Returns false when there is no room. An existing entry of the same prefix is replaced. Nesting is kept right: a prefix
   * within a longer grace gets that one's time, and so do those within this prefix.
   */
  set(entry: GraceEntry): boolean;
  /** Returns false when there was no such entry. */
  remove(prefix: Prefix): boolean;
}

/** Why somebody is blocked, in more words than the program has. */
export interface BlockNote {
  /** Of the scan, ascending; at most 32. */
  readonly ports: readonly number[];
  /** The operator's; at most 64 bytes of UTF-8. */
  readonly text: string;
}

/** Notes on blocks, each under the prefix that is blocked. */
export interface NoteStore {
  get(prefix: Prefix): BlockNote | undefined;
  /** Returns false when there is no room. An existing note of the same prefix is replaced. */
  set(prefix: Prefix, note: BlockNote): boolean;
  /** Returns false when there was no such note. */
  remove(prefix: Prefix): boolean;
  entries(): Iterable<Prefix & BlockNote>;
}

/** The program's table of sources; the program itself is its only writer. */
export interface SourceStore {
  /** Visits the bytes of every `struct source` that holds a source; valid only during the call. */
  visit(visit: (bytes: Uint8Array, offset: number) => void): void;
  /** Empties the slot of one source, so that its touches count no more. */
  forget(source: Uint8Array): void;
  /** Empties slots that were quiet for a window; returns how many still hold a source. */
  sweep(): number;
}

/** Sums over all CPUs since the maps were made. Names as in `struct counters`. */
export interface CounterValues {
  /** Packets and bytes by verdict, indexed by `enum verdict`. */
  readonly verdicts: readonly { readonly packets: bigint; readonly bytes: bigint }[];
  readonly connectionsLost: bigint;
  readonly scansLost: bigint;
  readonly blocksMade: bigint;
  readonly blocksRefused: bigint;
  readonly blocksCapped: bigint;
  readonly sourcesEvicted: bigint;
  readonly singlesEvicted: bigint;
  readonly synsEvicted: bigint;
}

export interface CounterSource {
  read(): CounterValues;
}

/** Why an address is allowed: `enum allow_reason`. `operator`: by a flag; `list`: by a file; `command`: while running, until it is taken back. */
export type AllowReasonName = 'own' | 'gateway' | 'resolver' | 'ssh-peer' | 'operator' | 'list' | 'command';

/** A prefix of the 128-bit address space: an IPv4 /24 has 120 bits. */
export interface Prefix {
  /** 16 bytes. */
  readonly address: Uint8Array;
  readonly bits: number;
}

export interface AllowEntry extends Prefix {
  readonly reason: AllowReasonName;
}

/** The allowlist of the program. */
export interface AllowStore {
  entries(): Iterable<AllowEntry>;
  /** Returns false when the allowlist is full. An existing entry of the same prefix is replaced. Holds at once, for who is blocked too. */
  add(entry: AllowEntry): boolean;
  /** Returns false when there was no such entry. */
  remove(prefix: Prefix): boolean;
}

/** An allowlist that takes many at once. */
export interface BulkAllowStore extends AllowStore {
  /** As `add` of each, in a fraction of the time; returns how many of them found room, the first ones. */
  addAll(entries: readonly AllowEntry[]): number;
}

/** Own unicast addresses: only what is sent to these can be a probe other than a SYN. */
export interface LocalStore {
  entries(): Iterable<Uint8Array>;
  /** Returns false when there is no room; there is as much as in the allowlist, where own addresses stand too. */
  add(address: Uint8Array): boolean;
  /** Returns false when it was not there. */
  remove(address: Uint8Array): boolean;
}

/** Ports, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** What the host's network looks like now, and what the operator asked for. */
export interface NetworkState {
  /** Own addresses, gateways, resolvers, the SSH peer, the operator's prefixes; duplicates do no harm. */
  readonly allow: readonly AllowEntry[];
  /** IPv6 prefixes whose hosts are neighbours, taken whole; the first 16 count. */
  readonly onlink: readonly Prefix[];
  /** Own ports that this host, or somebody whom it forwards for, asks from: what comes to them late is no probe. */
  readonly ephemeral: PortRange;
}

export interface NetworkSource {
  read(): NetworkState;
}

/** The policy map of the program. */
export interface PolicyStore {
  write(policy: Policy): void;
}

/** The file that holds the state while Scanward does not run. */
export interface StateStore {
  /** For messages. */
  readonly name: string;
  /**
   * Its lines, each with its end; undefined when there is none. May be called again, for the same lines.
   *
   * @throws StateError when it cannot be read, also while the lines are taken
   */
  read(): Iterable<string> | undefined;
  /** Replaces it by these lines, all of them or none. Takes them bit by bit, so that others have their turn. */
  write(lines: Iterable<string>): Promise<void>;
  /** Puts it out of the way, and returns its new name. */
  setAside(): string;
  /** A new one. */
  sha256(): Sha256;
}

/** Tells of commands that change the maps while the daemon runs. */
export interface ChangeSource {
  /** Whether one did since the last call; after the first call, since the start of this source. */
  changed(): boolean;
}

/** What the host itself offers. */
export interface ListeningPorts {
  /**
   * Ports at which a datagram or a connection to this address (16 bytes) finds a socket that waits for anybody's; may be a
   * second old. Undefined: it cannot be found out.
   */
  at(address: Uint8Array, transport: 'tcp' | 'udp'): Iterable<number> | undefined;
}

/** All times of the daemon come from here. */
export interface Clock {
  /** CLOCK_MONOTONIC in nanoseconds: the clock of the program. */
  monotonicNs(): bigint;
  /** Wall time in milliseconds since 1970. */
  wallMs(): number;
  /** Calls back after `ms`, once, on the monotonic clock; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
}

/** A bounded writer of lines (stdout). */
export interface LineSink {
  /** `line` has no line end. Returns false, and writes nothing, when the reader is too slow: the line is lost. */
  write(line: string): boolean;
  /** Whether it takes no line just now, so that there is no need to make one. */
  readonly isRefusing?: boolean;
}

/** Hears each event that the limits let through, whether or not the reader of the lines keeps up. It never throws. */
export interface EventTaker {
  take(event: DaemonEvent): void;
}

/** Everything that is not an event: start, warnings, closing summary (stderr). */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
}

/** One incoming interface, for names in the output. */
export type InterfaceName = (ifindex: number) => string;

/** All of them. */
export interface DaemonPorts {
  readonly events: EventSource;
  readonly blocks: BlockStore;
  readonly sources: SourceStore;
  readonly counters: CounterSource;
  readonly allow: AllowStore;
  readonly local: LocalStore;
  readonly graces: GraceStore;
  readonly notes: NoteStore;
  readonly network: NetworkSource;
  readonly policy: PolicyStore;
  readonly clock: Clock;
  readonly lines: LineSink;
  /** Undefined: nobody but the reader of the lines hears of events. */
  readonly taker?: EventTaker | undefined;
  readonly log: Log;
  readonly interfaceName: InterfaceName;
  /** Undefined: no report says which ports were open. */
  readonly listening?: ListeningPorts | undefined;
  /** Undefined: nothing is restored, and nothing is kept. */
  readonly state?: StateStore | undefined;
  /** Undefined: nobody else changes the maps, or it is noticed at the next tick of the blocking watcher. */
  readonly changes?: ChangeSource | undefined;
}
