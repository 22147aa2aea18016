import { ADDRESS_BYTES, isUnspecified } from './address.ts';
import { assertInteger } from './assert.ts';
import { Blocklist, expiryOf, type BlockOutcome } from './blocklist.ts';
import { Counters } from './counters.ts';
import { Graces } from './graces.ts';
import { kindCode, mayBeLate, type RecordKind } from './kind.ts';
import { ALLOW_MAX, BLOCK_KEYS, BLOCKS_MAX, LOCAL_MAX, NETS_MAX, SECRET_WORDS, SOURCE_KEYS } from './limits.ts';
import { Moment } from './moment.ts';
import { Nets } from './nets.ts';
import { compilePolicy, ticksOf, type Policy, type Rules } from './policy.ts';
import { PrefixList } from './prefix-list.ts';
import type { Outcome, ParsedPacket, Passage, PortedPacket, ScanRecord } from './records.ts';
import type { Singles } from './singles.ts';
import { isEstablished, isOwned, PortState, SocketState, type PortStateCode } from './socket.ts';
import { sourceInto } from './source-of.ts';
import type { SourceTable } from './source-table.ts';
import { Sources } from './sources.ts';
import { SynTable, type Syn } from './syn-table.ts';
import { Verdict, type VerdictCode } from './verdict.ts';

/** The whole policy map: a policy, and who decides. */
export interface ReferencePolicy extends Policy {
  /** `kernel`: at the packet that crosses the threshold. `user`: the program only records. */
  readonly mode: 'kernel' | 'user';
  /** `any` (default): every port counts. `closed`: those of this host that nobody listens on, and all of other hosts. */
  readonly evidence?: 'any' | 'closed';
  /** Whether what a blocked source sends to an established TCP socket passes. Default false. */
  readonly keepEstablished?: boolean;
  /** New blocks of scans, at most; default 0: no cap. */
  readonly blocksPerMinute?: number;
  /** FIN, ACK, Maimon and UDP to these ports never count, both ends included. Default: to none. */
  readonly ephemeral?: readonly [first: number, last: number];
}

export interface ReferenceOptions {
  readonly policy: ReferencePolicy;
  /** The program's constant: 5 keys for the source, 11 + 11 for the SYN, 2 for the line of a block. */
  readonly secret: readonly bigint[];
  readonly sourceSets: number;
  /** Of the table of sources with one port so far. */
  readonly singleLines: number;
  readonly synLines: number;
  /** Defaults: those of the maps. */
  readonly blocksMax?: number;
  /** Default: half as many as blocks. */
  readonly blockLines?: number;
  readonly netsMax?: number;
  readonly allowMax?: number;
  /** The state of the socket of this host that gets a packet, as {@link SocketState} numbers them. Default: there are none. */
  readonly sockets?: (packet: PortedPacket) => number;
}

const VERDICT_OF: Record<Exclude<ParsedPacket['class'], 'syn'>, VerdictCode> = {
  'not-ip': Verdict.passNotIp,
  malformed: Verdict.passMalformed,
  'not-tcp': Verdict.passNotTcp,
  fragment: Verdict.passFragment,
  'not-syn': Verdict.passNotSyn,
};

const TCP = 6;
const FLAG_SYN = 0x02;
const FLAG_RST = 0x04;
const FLAG_ACK = 0x10;

/** `enum block_outcome`. */
const OUTCOME = { undecided: 0, made: 1, held: 2, refused: 3, capped: 6 } as const;

function reported(passage: Passage, kind: RecordKind, portState: PortStateCode): Pick<Outcome, 'connection'> {
  const { nowNs, ifindex } = passage;
  const { source, destination, sourcePort, destinationPort } = passage.packet;
  const addresses = { source, destination, sourcePort, destinationPort };
  return { connection: { timeNs: nowNs, ...addresses, ifindex, kind: kindCode(kind), portState } };
}

/** The SYN with this sequence number that has the addresses and ports of a packet. */
function synOf(packet: PortedPacket, sequence: number): Syn {
  const { source, destination, sourcePort, destinationPort } = packet;
  return { source, destination, sourcePort, destinationPort, sequence };
}

/**
 * The XDP program in TypeScript: a parsed packet and a time go in, the verdict and the records come out, and the state
 * is what the maps hold afterwards. A test holds the program against it, packet by packet.
 */
export class Reference {
  readonly allow: PrefixList;
  /** Written by user space. */
  readonly graces = new Graces();
  readonly blocks: Blocklist;
  readonly nets: Nets;
  readonly sources: SourceTable;
  readonly singles: Singles;
  readonly syns: SynTable;
  readonly counters = new Counters();
  /** Own unicast addresses; written by user space. Only what is sent to these can be a probe other than a SYN. */
  readonly local = new PrefixList(LOCAL_MAX);
  /** TCP ports to which handshakes went on although no socket owns them. */
  readonly forwarded = new Set<number>();
  readonly #sockets: (packet: PortedPacket) => number;
  readonly #sources: Sources;
  readonly #now = new Moment();
  #policy: ReferencePolicy;
  #rules: Rules;

  constructor(options: ReferenceOptions) {
    assertInteger('number of secret words', options.secret.length, SECRET_WORDS, SECRET_WORDS);
    const { secret, allowMax = ALLOW_MAX, blocksMax: capacity = BLOCKS_MAX, blockLines } = options;
    const { netsMax = NETS_MAX } = options;
    const lines = blockLines === undefined ? {} : { lines: blockLines };
    this.allow = new PrefixList(allowMax);
    this.blocks = new Blocklist({ capacity, ...lines, keys: secret.slice(-BLOCK_KEYS), allow: this.allow });
    this.nets = new Nets({ capacity: netsMax, allow: this.allow });
    const { sourceSets, singleLines } = options;
    this.#sources = new Sources({ sets: sourceSets, singleLines, keys: secret.slice(0, SOURCE_KEYS) });
    this.sources = this.#sources.table;
    this.singles = this.#sources.singles;
    this.syns = new SynTable({ sets: options.synLines, keys: secret.slice(SOURCE_KEYS, -BLOCK_KEYS) });
    this.#sockets = options.sockets ?? (() => SocketState.none);
    this.#policy = options.policy;
    this.#rules = compilePolicy(options.policy);
  }

  /** Takes effect at the next packet. In kernel mode a threshold above 31 is never crossed. */
  setPolicy(policy: ReferencePolicy): void {
    this.#rules = compilePolicy(policy);
    this.#policy = policy;
  }

  /** One packet, at this time of the program's clock. */
  packet(packet: ParsedPacket, nowNs: bigint, ifindex = 0): Outcome {
    const outcome = this.#decide(packet, nowNs, ifindex);
    this.counters.count(outcome.verdict, packet.frameLength);
    return outcome;
  }

  /** COMMAND_SWEEP over all sets; returns how many sources are left. */
  sweep(nowNs: bigint): number {
    return this.sources.sweep(ticksOf(nowNs), this.#rules);
  }

  /** COMMAND_FORGET: a source begins anew. */
  forget(source: Uint8Array): void {
    this.#sources.forget(source);
  }

  #decide(packet: ParsedPacket, nowNs: bigint, ifindex: number): Outcome {
    const source = new Uint8Array(ADDRESS_BYTES);
    let sourceBits = 0;
    if (packet.source !== undefined) {
      sourceBits = sourceInto(packet.source, 0, this.#rules, source);
      const blocked = this.#blocked(packet, source, nowNs);
      if (blocked !== undefined) return { verdict: blocked };
    }
    const isFollowing = mayFollowSyn(packet);
    if (!isPorted(packet) || packet.isChecksumWrong === true || (packet.kind === undefined && !isFollowing))
      return { verdict: verdictOf(packet) };
    const passage = { packet, source, sourceBits, nowNs, ifindex };
    return packet.class === 'syn' ? this.#syn(passage) : this.#stray(passage, isFollowing);
  }

  /** The verdict of a packet that is held against the blocklist; undefined: it is not blocked. */
  #blocked(packet: ParsedPacket, source: Uint8Array, nowNs: bigint): VerdictCode | undefined {
    const mayBeKept = this.#policy.keepEstablished === true && isWholeSegmentWithoutSyn(packet);
    if (!this.#isBlocked(source, packet.source!, nowNs, mayBeKept ? 0 : packet.frameLength)) return undefined;
    if (!mayBeKept) return Verdict.dropBlocked;
    if (isEstablished(this.#sockets(packet as PortedPacket))) return Verdict.passEstablished;
    this.#isBlocked(source, packet.source!, nowNs, packet.frameLength);
    return Verdict.dropBlocked;
  }

  /** A net is asked only for what its source has no block of its own for. With length 0 nothing is counted. */
  #isBlocked(source: Uint8Array, address: Uint8Array, nowNs: bigint, frameLength: number): boolean {
    return this.blocks.drops(source, address, nowNs, frameLength) || this.nets.drops(address, nowNs, frameLength);
  }

  #syn(passage: Passage): Outcome {
    const { packet, nowNs } = passage;
    const kind = packet.kind!;
    const syn = synOf(packet, packet.sequence!);
    const isRepeated = this.syns.seen(syn, nowNs);
    if (this.syns.evicted) this.counters.synsEvicted++;
    if (isRepeated) return { verdict: Verdict.passRetransmission };
    const portState = this.#policy.evidence === 'closed' ? this.#portState(packet) : PortState.unknown;
    const counted = portState === PortState.open ? {} : this.#count(passage);
    if (counted.isDropped === true && kind !== 'fragment') {
      this.syns.forget(syn);
      return { verdict: Verdict.dropThreshold, ...counted.scan };
    }
    return { verdict: Verdict.passConnection, ...reported(passage, kind, portState), ...counted.scan };
  }

  #portState(packet: PortedPacket): PortStateCode {
    if (!this.local.has(packet.destination)) return PortState.unknown;
    const isOpen = this.forwarded.has(packet.destinationPort) || this.#sockets(packet) !== SocketState.none;
    return isOpen ? PortState.open : PortState.closed;
  }

  #isEphemeral(port: number): boolean {
    const [first, last] = this.#policy.ephemeral ?? [1, 0];
    return port >= first && port <= last;
  }

  /** Neither SYN nor data: it belongs to a socket, it follows a SYN, or it is a probe. */
  #stray(passage: Passage, mayFollow: boolean): Outcome {
    const { packet, nowNs } = passage;
    const { kind } = packet;
    const verdict = verdictOf(packet);
    const isLate = kind !== undefined && mayBeLate(kind) && this.#isEphemeral(packet.destinationPort);
    const isFollowing = mayFollow && !(kind === 'ack' && isLate) && this.syns.knows(previousOf(packet), nowNs);
    if (isFollowing) return { verdict, ...this.#follow(passage) };
    if (kind === undefined || isLate || !this.local.has(packet.destination)) return { verdict };
    const state = this.#sockets(packet);
    if (isOwned(state) || (state !== SocketState.none && this.#policy.evidence === 'closed')) return { verdict };
    if (packet.protocol === TCP && mayBeLate(kind) && this.forwarded.has(packet.destinationPort)) return { verdict };
    if (isUnspecified(passage.source, 0)) return { verdict };
    const counted = this.#count(passage);
    if (counted.isDropped) return { verdict: Verdict.dropThreshold, ...counted.scan };
    const portState = state === SocketState.none ? PortState.closed : PortState.open;
    return { verdict: Verdict.passProbe, ...reported(passage, kind, portState), ...counted.scan };
  }

  /** What follows a SYN says who answered it. */
  #follow(passage: Passage): Pick<Outcome, 'connection'> {
    const { packet } = passage;
    const state = this.#sockets(packet);
    if (isEstablished(state)) {
      this.syns.forget(previousOf(packet));
      return reported(passage, 'handshake', PortState.open);
    }
    if (state === SocketState.none && packet.kind === 'ack' && this.local.has(packet.destination))
      this.forwarded.add(packet.destinationPort);
    return {};
  }

  /** One probe that counts. */
  #count(passage: Passage): { readonly isDropped?: boolean; readonly scan?: Pick<Outcome, 'scan'> } {
    if (isUnspecified(passage.source, 0)) return {};
    const ports = this.#touch(passage);
    if (!ports) return {};
    return { isDropped: this.#isDropped(passage), scan: this.#crossing(passage, ports) };
  }

  /** Returns the ports that a report would name when the source is over the threshold. */
  #touch({ packet, source, nowNs }: Passage): number[] | undefined {
    const now = this.#now.setNs(nowNs);
    this.#sources.select(source, 0);
    const slot = this.#sources.probe(packet.destinationPort, now, this.#rules);
    if (this.singles.evicted) this.counters.singlesEvicted++;
    if (slot < 0) return undefined;
    if (this.sources.evicted) this.counters.sourcesEvicted++;
    this.sources.setDestination(slot, packet.destination, 0);
    if (!this.sources.over) return undefined;
    if (this.#policy.mode !== 'kernel') return [];
    if (this.sources.report) this.sources.settle(slot, now, this.#rules);
    return this.sources.freshPorts(slot);
  }

  #decides({ packet, nowNs }: Passage): boolean {
    return this.#policy.mode === 'kernel' && !this.allow.has(packet.source) && !this.graces.has(packet.source, nowNs);
  }

  #isDropped(passage: Passage): boolean {
    return this.#decides(passage) && this.#policy.response === 'block';
  }

  /** A source is over the threshold: block it, report it. */
  #crossing(passage: Passage, ports: readonly number[]): { scan?: ScanRecord } {
    const { packet, sourceBits, nowNs, ifindex } = passage;
    if (!this.#decides(passage)) return {};
    const ttlNs = this.#policy.blockTtlNs;
    const expiryNs = ttlNs === 0n ? 0n : expiryOf(nowNs + ttlNs);
    const outcome = this.#policy.response === 'block' ? this.#block(passage, expiryNs) : undefined;
    // A block that was refused at first is told when it is made.
    if (!this.sources.report && outcome !== 'made') return {};
    const blocked = outcome === 'made' || outcome === 'held';
    const scan: ScanRecord = {
      timeNs: nowNs,
      source: packet.source,
      destination: packet.destination,
      expiryNs: blocked ? expiryNs : 0n,
      ifindex,
      sourceBits,
      blocked: blocked ? 1 : 0,
      kind: kindCode(packet.kind!),
      outcome: OUTCOME[outcome ?? 'undecided'],
      ports,
    };
    return { scan };
  }

  #block({ source, sourceBits, nowNs }: Passage, expiryNs: bigint): BlockOutcome {
    const outcome = this.blocks.block(source, sourceBits, nowNs, expiryNs, this.#policy.blocksPerMinute);
    if (outcome === 'made') this.counters.blocksMade++;
    if (outcome === 'refused' && this.sources.report) this.counters.blocksRefused++;
    if (outcome === 'capped' && this.sources.report) this.counters.blocksCapped++;
    return outcome;
  }
}

function verdictOf({ class: frameClass }: ParsedPacket): VerdictCode {
  return VERDICT_OF[frameClass === 'syn' ? 'not-syn' : frameClass];
}

function isPorted(packet: ParsedPacket): packet is PortedPacket {
  return packet.protocol !== undefined && packet.destinationPort !== undefined;
}

function isWholeSegmentWithoutSyn(packet: ParsedPacket): boolean {
  return packet.protocol === TCP && packet.isCut !== true && ((packet.flags ?? 0) & FLAG_SYN) === 0;
}

/** Whether it may be the second packet of a client that has sent nothing yet: the end of a handshake, or of a connection. */
function mayFollowSyn({ protocol, hasPayload, flags = 0 }: ParsedPacket): boolean {
  return protocol === TCP && hasPayload === false && (flags & FLAG_SYN) === 0 && (flags & (FLAG_ACK | FLAG_RST)) !== 0;
}

/** The SYN that a segment follows at once. */
function previousOf(packet: PortedPacket): Syn {
  return synOf(packet, (packet.sequence! - 1) >>> 0);
}
