import type { AllowStore, BlockStore, CounterSource, CounterValues, SourceStore } from '@scanward/daemon';
import { Evidence, Mode, type Policy, Response, Verdict } from '@scanward/map-codec';
import type { InstancePlace } from '../flags/instance-flags.ts';
import type { Keeper, LinkStatus, PolicyReader, SingleCounter } from './instance.ts';
import { isInForce, type Moment } from './moment.ts';

/** As much of an instance as this needs. */
export interface StatusTarget {
  readonly place: Required<InstancePlace>;
  readonly sinceMs: number;
  readonly maxBlocks: number;
  readonly maxNets: number;
  links(): readonly LinkStatus[];
  daemon(): Keeper | undefined;
  readonly blocks: Pick<BlockStore, 'entries'>;
  readonly sources: Pick<SourceStore, 'visit'>;
  readonly singles: SingleCounter;
  readonly allow: Pick<AllowStore, 'entries'>;
  readonly counters: CounterSource;
  readonly policy: PolicyReader;
}

/** All that `scanward status` tells. Counts are since the maps were made. */
export interface Status {
  readonly name: string;
  readonly bpffs: string;
  readonly since: string;
  readonly daemon: { readonly running: boolean; readonly pid: number | null };
  readonly interfaces: readonly {
    readonly name: string;
    /** null: gone, or in another network namespace. */
    readonly mode: 'native' | 'generic' | null;
    readonly program_id: number;
    readonly since: string;
  }[];
  readonly policy: {
    readonly mode: 'kernel' | 'user';
    readonly response: 'block' | 'log';
    readonly threshold: number;
    readonly window_seconds: number;
    /** null: for ever. */
    readonly block_ttl_seconds: number | null;
    readonly ipv6_prefix: number;
    readonly evidence: 'any' | 'closed';
    readonly keep_established: boolean;
    /** null: no cap. */
    readonly max_new_blocks: number | null;
  };
  readonly connections: number;
  readonly blocks: {
    readonly sources: number;
    readonly sources_max: number;
    readonly nets: number;
    readonly nets_max: number;
    /** By the program, because of scans. */
    readonly made: number;
  };
  readonly allowed: number;
  readonly dropped: { readonly packets: number; readonly bytes: number };
  readonly lost: {
    readonly connections: number;
    readonly scans: number;
    readonly blocks_refused: number;
    readonly blocks_capped: number;
    readonly sources_evicted: number;
    readonly one_port_sources_evicted: number;
    readonly syns_evicted: number;
  };
  readonly sources: { readonly several_ports: number; readonly one_port: number };
}

export function statusOf(target: StatusTarget, now: Moment): Status {
  const counters = target.counters.read();
  const policy = target.policy.read();
  const packets = (verdict: Verdict) => Number(counters.verdicts[verdict]?.packets ?? 0n);
  const bytes = (verdict: Verdict) => Number(counters.verdicts[verdict]?.bytes ?? 0n);
  const daemon = target.daemon();
  return {
    name: target.place.name,
    bpffs: target.place.bpffs ?? '',
    since: iso(target.sinceMs),
    daemon: { running: daemon !== undefined, pid: daemon?.pid ?? null },
    interfaces: target.links().map(({ interface: name, mode, programId, sinceMs }) => ({
      name,
      mode: mode ?? null,
      program_id: programId,
      since: iso(sinceMs),
    })),
    policy: policyStatus(policy),
    connections: packets(Verdict.PASS_CONNECTION),
    blocks: { ...countBlocks(target, now), made: Number(counters.blocksMade) },
    allowed: [...target.allow.entries()].length,
    dropped: {
      packets: packets(Verdict.DROP_BLOCKED) + packets(Verdict.DROP_THRESHOLD),
      bytes: bytes(Verdict.DROP_BLOCKED) + bytes(Verdict.DROP_THRESHOLD),
    },
    lost: lostStatus(counters),
    sources: {
      several_ports: countSources(target),
      one_port: target.singles.fresh(now.monotonicNs, policy.windowNs),
    },
  };
}

/** The policy, in the units of people. */
export function policyStatus(policy: Policy): Status['policy'] {
  return {
    mode: policy.mode === Mode.KERNEL ? 'kernel' : 'user',
    response: policy.response === Response.BLOCK ? 'block' : 'log',
    threshold: policy.threshold,
    window_seconds: Number(policy.windowNs) / 1e9,
    block_ttl_seconds: policy.blockTtlNs === 0n ? null : Number(policy.blockTtlNs) / 1e9,
    ipv6_prefix: policy.ipv6Prefix,
    evidence: policy.evidence === Evidence.CLOSED ? 'closed' : 'any',
    keep_established: policy.keepEstablished !== 0,
    max_new_blocks: policy.blocksPerMinute === 0 ? null : policy.blocksPerMinute,
  };
}

/** What was lost since the maps were made, by cause. */
export function lostStatus(counters: CounterValues): Status['lost'] {
  return {
    connections: Number(counters.connectionsLost),
    scans: Number(counters.scansLost),
    blocks_refused: Number(counters.blocksRefused),
    blocks_capped: Number(counters.blocksCapped),
    sources_evicted: Number(counters.sourcesEvicted),
    one_port_sources_evicted: Number(counters.singlesEvicted),
    syns_evicted: Number(counters.synsEvicted),
  };
}

/** Those in force: without a daemon nobody removes what has run out. */
function countBlocks({ blocks, maxBlocks, maxNets }: StatusTarget, now: Moment) {
  let sources = 0;
  let nets = 0;
  for (const block of blocks.entries()) {
    if (!isInForce(block, now)) continue;
    if (block.isNet) nets++;
    else sources++;
  }
  return { sources, sources_max: maxBlocks, nets, nets_max: maxNets };
}

function countSources({ sources }: StatusTarget): number {
  let count = 0;
  sources.visit(() => count++);
  return count;
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();
