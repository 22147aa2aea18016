import { ADDRESS_BYTES, isUnspecified } from './address.ts';
import { assertInteger } from './assert.ts';
import { Blocklist, expiryOf, type BlockOutcome } from './blocklist.ts';
import { Counters } from './counters.ts';
import { Graces } from './graces.ts';
import { ALLOW_MAX, BLOCK_KEYS, BLOCKS_MAX, NETS_MAX, SECRET_WORDS, SOURCE_KEYS } from './limits.ts';
import { Moment } from './moment.ts';
import { Nets } from './nets.ts';
import { compilePolicy, ticksOf, type Policy, type Rules } from './policy.ts';
import { PrefixList } from './prefix-list.ts';
import type { ConnectionRecord, Outcome, ParsedPacket, Passage, ScanRecord } from './records.ts';
import { sourceInto } from './source-of.ts';
import type { Singles } from './singles.ts';
import type { SourceTable } from './source-table.ts';
import { Sources } from './sources.ts';
import { SynTable, type Syn } from './syn-table.ts';
import { Verdict, type VerdictCode } from './verdict.ts';

/** The whole policy map: a policy, and who decides. */
export interface ReferencePolicy extends Policy {
  /** `kernel`: at the packet that crosses the threshold. `user`: the program only records. */
  readonly mode: 'kernel' | 'user';
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
}

const VERDICT_OF: Record<Exclude<ParsedPacket['class'], 'syn'>, VerdictCode> = {
  'not-ip': Verdict.passNotIp,
  malformed: Verdict.passMalformed,
  'not-tcp': Verdict.passNotTcp,
  fragment: Verdict.passFragment,
  'not-syn': Verdict.passNotSyn,
};

function connectionOf({ syn, nowNs, ifindex }: Passage): ConnectionRecord {
  const { source, destination, sourcePort, destinationPort } = syn;
  return { timeNs: nowNs, source, destination, sourcePort, destinationPort, ifindex };
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
      if (this.#isBlocked(source, packet.source, nowNs, packet.frameLength)) return { verdict: Verdict.dropBlocked };
    }
    if (packet.class !== 'syn') return { verdict: VERDICT_OF[packet.class] };
    return this.#syn({ syn: packet as Syn, source, sourceBits, nowNs, ifindex });
  }

  /** A net is asked only for what its source has no block of its own for. */
  #isBlocked(source: Uint8Array, address: Uint8Array, nowNs: bigint, frameLength: number): boolean {
    return this.blocks.drops(source, address, nowNs, frameLength) || this.nets.drops(address, nowNs, frameLength);
  }

  #syn(passage: Passage): Outcome {
    const { syn, source, nowNs } = passage;
    const connection = connectionOf(passage);
    const isRepeated = this.syns.seen(syn, nowNs);
    if (this.syns.evicted) this.counters.synsEvicted++;
    if (isRepeated) return { verdict: Verdict.passRetransmission };
    if (isUnspecified(source, 0)) return { verdict: Verdict.passConnection, connection };
    const ports = this.#touch(passage);
    const scan = ports ? this.#crossing(passage, ports) : {};
    if (ports && this.#isDropped(passage)) {
      this.syns.forget(syn);
      return { verdict: Verdict.dropThreshold, ...scan };
    }
    return { verdict: Verdict.passConnection, connection, ...scan };
  }

  /** Returns the ports that a report would name when the source is over the threshold. */
  #touch({ syn, source, nowNs }: Passage): number[] | undefined {
    const now = this.#now.setNs(nowNs);
    this.#sources.select(source, 0);
    const slot = this.#sources.probe(syn.destinationPort, now, this.#rules);
    if (this.singles.evicted) this.counters.singlesEvicted++;
    if (slot < 0) return undefined;
    if (this.sources.evicted) this.counters.sourcesEvicted++;
    this.sources.setDestination(slot, syn.destination, 0);
    if (!this.sources.over) return undefined;
    if (this.#policy.mode !== 'kernel') return [];
    if (this.sources.report) this.sources.settle(slot, now, this.#rules);
    return this.sources.freshPorts(slot);
  }

  #decides({ syn, nowNs }: Passage): boolean {
    return this.#policy.mode === 'kernel' && !this.allow.has(syn.source) && !this.graces.has(syn.source, nowNs);
  }

  #isDropped(passage: Passage): boolean {
    return this.#decides(passage) && this.#policy.response === 'block';
  }

  /** A source is over the threshold: block it, report it. */
  #crossing(passage: Passage, ports: readonly number[]): { scan?: ScanRecord } {
    const { syn, sourceBits, nowNs, ifindex } = passage;
    if (!this.#decides(passage)) return {};
    const ttlNs = this.#policy.blockTtlNs;
    const expiryNs = ttlNs === 0n ? 0n : expiryOf(nowNs + ttlNs);
    const outcome = this.#policy.response === 'block' ? this.#block(passage, expiryNs) : undefined;
    // A block that was refused at first is told when it is made.
    if (!this.sources.report && outcome !== 'made') return {};
    const blocked = outcome === 'made' || outcome === 'held';
    const scan: ScanRecord = {
      timeNs: nowNs,
      source: syn.source,
      destination: syn.destination,
      expiryNs: blocked ? expiryNs : 0n,
      ifindex,
      sourceBits,
      blocked: blocked ? 1 : 0,
      ports,
    };
    return { scan };
  }

  #block({ source, sourceBits, nowNs }: Passage, expiryNs: bigint): BlockOutcome {
    const outcome = this.blocks.block(source, sourceBits, nowNs, expiryNs);
    if (outcome === 'made') this.counters.blocksMade++;
    if (outcome === 'refused' && this.sources.report) this.counters.blocksRefused++;
    return outcome;
  }
}
