import {
  type AllowEntry,
  type BlockEntry,
  type BlockNote,
  formatPrefix,
  type GraceEntry,
  policyValue,
  type Prefix,
} from '@scanward/daemon';
import { codecs, Verdict, VERDICTS, type Source } from '@scanward/map-codec';
import type { LinkStatus } from '../src/commands/instance.ts';
import type { Moment } from '../src/commands/moment.ts';
import type { OpenInstance } from '../src/commands/command-system.ts';
import { parsePrefix } from '../src/flags/prefix.ts';

const SECOND = 1_000_000_000n;

/** 2026-11-23 12:00:00 UTC, a million seconds after the machine's start. */
export const NOW: Moment = { monotonicNs: 1_000_000n * SECOND, wallMs: Date.UTC(2026, 10, 23, 12) };

/** A block; `192.0.2.56` because of a scan a minute ago, for another 59 unless told otherwise. */
export function blockOf(text: string, of: Partial<BlockEntry> = {}): BlockEntry {
  const { address, bits } = parsePrefix(text);
  return {
    source: address,
    bits,
    startNs: NOW.monotonicNs - 60n * SECOND,
    expiryNs: NOW.monotonicNs + 3_540n * SECOND,
    reason: 'scan',
    packets: 0n,
    bytes: 0n,
    isNet: false,
    ...of,
  };
}

const key = ({ address, bits }: Prefix): string => formatPrefix(address, bits);

/** An instance in memory, with a daemon and one interface. */
export function fakeInstance() {
  const done: string[] = [];
  const held = new Map<string, BlockEntry>();
  const keyOf = (entry: BlockEntry) =>
    `${entry.isNet ? 'net ' : ''}${key({ address: entry.source, bits: entry.isNet ? entry.bits : 128 })}`;
  const fake = {
    done,
    room: { blocks: 1_000, allow: 1_000, graces: 1_000, notes: 1_000 },
    noted: new Map<string, Prefix & BlockNote>(),
    allowed: new Map<string, AllowEntry>(),
    graced: new Map<string, GraceEntry>(),
    seen: [] as Source[],
    ones: 12,
    isThere: true,
    pid: 4711 as number | undefined,
    attached: [
      { interface: 'eth0', mode: 'native', ifindex: 2, programId: 33, sinceMs: NOW.wallMs - 90_000 },
    ] as LinkStatus[],
    policyValue: policyValue(
      {
        ...{ mode: 'kernel', response: 'block', threshold: 3, windowMs: 60_000, blockTtlMs: 3_600_000 },
        ...{ ipv6Prefix: 64, evidence: 'any', keepEstablished: true, maxNewBlocks: 300 },
      },
      [],
      { first: 32_768, last: 60_999 },
    ),
    counts: { connections: 12_345n, dropped: 1_024n, droppedBytes: 61_440n, lost: 0n },
    block: (entry: BlockEntry) => void held.set(keyOf(entry), entry),
    note: (text: string, note: Partial<BlockNote>) => {
      const prefix = parsePrefix(text);
      fake.noted.set(key(prefix), { ...prefix, ports: [], text: '', ...note });
    },
    allow: (text: string, reason: AllowEntry['reason']) => void instance.allow.add({ ...parsePrefix(text), reason }),
    names: () => [...held.values()].map(({ source, bits }) => formatPrefix(source, bits)),
  };
  const put = (entry: BlockEntry): boolean => {
    if (!held.has(keyOf(entry)) && held.size >= fake.room.blocks) return false;
    held.set(keyOf(entry), entry);
    return true;
  };
  const verdict = (packets: bigint, bytes = 0n) => ({ packets, bytes });
  const codec = codecs('little').source;
  const instance: OpenInstance = {
    place: { name: 'default', bpffs: '/sys/fs/bpf/scanward' },
    sinceMs: NOW.wallMs - 7_200_000,
    maxBlocks: 65_536,
    maxNets: 65_536,
    endian: 'little',
    blocks: {
      entries: () => [...held.values()].sort((a, b) => Number(a.isNet) - Number(b.isNet)),
      get: (source) => held.get(key({ address: source, bits: 128 })),
      getNet: (net) => held.get(`net ${key(net)}`),
      add: (source, bits, block) => put({ packets: 0n, bytes: 0n, ...block, source, bits, isNet: false }),
      addNet: (net, block) =>
        put({ packets: 0n, bytes: 0n, ...block, source: net.address, bits: net.bits, isNet: true }),
      remove: (source) => held.delete(key({ address: source, bits: 128 })),
      removeNet: (net) => held.delete(`net ${key(net)}`),
    },
    notes: table(fake.noted, () => fake.room.notes),
    allow: {
      entries: () => fake.allowed.values(),
      add: (entry) => {
        if (!fake.allowed.has(key(entry)) && fake.allowed.size >= fake.room.allow) return false;
        fake.allowed.set(key(entry), entry);
        return true;
      },
      remove: (prefix) => fake.allowed.delete(key(prefix)),
    },
    graces: {
      entries: () => fake.graced.values(),
      set: (entry) => {
        if (fake.graced.size >= fake.room.graces) return false;
        fake.graced.set(key(entry), entry);
        return true;
      },
      remove: (prefix) => fake.graced.delete(key(prefix)),
    },
    sources: {
      visit: (visit) => {
        for (const source of fake.seen) visit(codec.encode(source), 0);
      },
      steps: function* (visit) {
        for (const source of fake.seen) {
          visit(codec.encode(source), 0);
          yield 1;
        }
      },
      forget: (source) => void done.push(`forget ${formatPrefix(source, 128)}`),
      sweep: () => 0,
    },
    singles: { fresh: () => fake.ones },
    policy: { read: () => fake.policyValue },
    counters: {
      read: () => {
        const { connections, dropped, droppedBytes, lost } = fake.counts;
        const none = verdict(0n);
        const tallies = new Map<number, ReturnType<typeof verdict>>([
          [Verdict.PASS_CONNECTION, verdict(connections)],
          [Verdict.DROP_BLOCKED, verdict(dropped, droppedBytes)],
        ]);
        return {
          verdicts: Array.from({ length: VERDICTS }, (_, i) => tallies.get(i) ?? none),
          connectionsLost: lost,
          scansLost: lost,
          blocksMade: 7n,
          blocksRefused: lost,
          blocksCapped: lost,
          sourcesEvicted: lost,
          singlesEvicted: lost,
          synsEvicted: lost,
        };
      },
    },
    links: () => fake.attached,
    daemon: () => (fake.pid === undefined ? undefined : { pid: fake.pid }),
    isCurrent: () => fake.isThere,
    change: async (body) => {
      done.push('lock');
      try {
        return await body();
      } finally {
        done.push('unlock');
      }
    },
    close: () => void done.push('close'),
  };
  return Object.assign(fake, { instance });
}

function table(entries: Map<string, Prefix & BlockNote>, room: () => number): OpenInstance['notes'] {
  return {
    get: (prefix) => entries.get(key(prefix)),
    set: (prefix, note) => {
      if (!entries.has(key(prefix)) && entries.size >= room()) return false;
      entries.set(key(prefix), { ...prefix, ...note });
      return true;
    },
    remove: (prefix) => entries.delete(key(prefix)),
    entries: () => entries.values(),
  };
}

/** A source that touched these ports, the last one first, a second apart. */
export function sourceOf(text: string, ports: readonly number[], of: Partial<Source> = {}): Source {
  const tick = (NOW.monotonicNs - SECOND) >> 10n;
  return {
    source: parsePrefix(text.replace('/64', '')).address,
    destination: parsePrefix('10.0.0.5').address,
    overNs: 0n,
    untilNs: 0n,
    connections: ports.length,
    ports: ports.length,
    touches: Array.from({ length: 32 }, (_, i) => {
      const port = ports[i];
      return port === undefined ? 0n : ((tick - BigInt(i) * (SECOND >> 10n)) << 16n) | BigInt(port);
    }),
    ...of,
  };
}
