import { addBlock, removeBlock } from '../src/block-table.ts';
import { blockStartNs, codecs, VERDICTS } from '@scanward/map-codec';
import type { Connection, Policy, Scan, Source } from '@scanward/map-codec';
import { addressKey, maskAddress } from '../src/addresses.ts';
import type {
  AllowEntry,
  AllowReasonName,
  AllowStore,
  BlockEntry,
  BlockKey,
  BulkBlockStore,
  KeyedBlock,
  Clock,
  CounterValues,
  DaemonPorts,
  EventSource,
  LineSink,
  ListeningPorts,
  Log,
  NetworkState,
  NewBlock,
  Prefix,
  SourceStore,
} from '../src/ports.ts';
import { FakeGraces, FakeNotes } from './fake-state.ts';
import type { FakeStateStore } from './fake-state.ts';

export const { connection, scan, source } = codecs('little');
export const SECOND = 1_000_000_000n;
/** 2021-04-28 15:28:05 in UTC, which is the zone of the tests. */
export const WALL_MS = Date.UTC(2021, 3, 28, 15, 28, 5);

/** Linux's own ephemeral ports. */
export const EPHEMERAL = { first: 32_768, last: 60_999 } as const;

/** `ip('10.0.0.5')`, `ip('2001:db8::1')`; no checks. */
export function ip(text: string): Uint8Array {
  if (!text.includes(':')) {
    return Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...text.split('.').map(Number));
  }
  const [head = [], tail = []] = text.split('::').map((part) => part.split(':').filter(Boolean));
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]));
}

export function allowEntry(text: string, reason: AllowReasonName, bits = 128): AllowEntry {
  return { address: ip(text), bits, reason };
}

/** A clock that moves only when it is told, and calls back in the order of the times. */
export class FakeClock implements Clock {
  nowNs = 1000n * SECOND;
  wallOffsetMs = WALL_MS - 1000 * 1000;
  readonly #timers = new Set<{ dueNs: bigint; callback: () => void }>();

  monotonicNs(): bigint {
    return this.nowNs;
  }

  wallMs(): number {
    return this.wallOffsetMs + Number(this.nowNs) / 1e6;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { dueNs: this.nowNs + BigInt(Math.ceil(ms * 1e6)), callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get waiting(): number {
    return this.#timers.size;
  }

  /** Who waited is gone. */
  forget(): void {
    this.#timers.clear();
  }

  advance(ms: number): void {
    const endNs = this.nowNs + BigInt(Math.round(ms * 1e6));
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => Number(a.dueNs - b.dueNs));
      if (!next || next.dueNs > endNs) break;
      this.#timers.delete(next);
      if (next.dueNs > this.nowNs) this.nowNs = next.dueNs;
      next.callback();
    }
    if (endNs > this.nowNs) this.nowNs = endNs;
  }
}

/** Two rings. Records stand at odd places of a larger buffer, and are overwritten once they were visited. */
export class FakeEvents implements EventSource {
  readonly connections: Uint8Array[] = [];
  readonly scans: Uint8Array[] = [];
  #wake: ((more: boolean) => void) | undefined;
  #closed = false;

  drainConnections(visit: (bytes: Uint8Array, offset: number) => void): number {
    return drain(this.connections, visit);
  }

  drainScans(visit: (bytes: Uint8Array, offset: number) => void): number {
    return drain(this.scans, visit);
  }

  scansWaiting(): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    return new Promise((resolve) => (this.#wake = resolve));
  }

  /** What the ring does when a scan is written. */
  async wake(): Promise<void> {
    this.#wake?.(true);
    await settled();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.(false);
    await settled();
  }
}

export async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

function drain(ring: Uint8Array[], visit: (bytes: Uint8Array, offset: number) => void): number {
  const records = ring.splice(0);
  for (const record of records) {
    const bytes = new Uint8Array(record.length + 24);
    bytes.set(record, 16);
    visit(bytes, 16);
    bytes.fill(0xee);
  }
  return records.length;
}

export class FakeBlocks implements BulkBlockStore {
  readonly map = new Map<string, BlockEntry>();
  readonly nets = new Map<string, BlockEntry>();
  /** For sources, and as much for nets. */
  room = 65536;
  /** Every call that changes something. */
  readonly calls: string[];

  constructor(calls: string[] = []) {
    this.calls = calls;
  }

  entries(): Iterable<BlockEntry> {
    return [...this.map.values(), ...this.nets.values()];
  }

  get(source: Uint8Array): BlockEntry | undefined {
    return this.map.get(addressKey(source));
  }

  add(source: Uint8Array, bits: number, block: NewBlock): boolean {
    if (this.map.size >= this.room && !this.get(source)) return false;
    this.put({ packets: 0n, bytes: 0n, ...block, source: Uint8Array.from(source), bits, isNet: false });
    this.calls.push('add');
    return true;
  }

  addAll(blocks: readonly KeyedBlock[]): number {
    return blocks.filter((block) => addBlock(this, block, block)).length;
  }

  removeAll(blocks: readonly BlockKey[]): number {
    return blocks.filter((block) => removeBlock(this, block)).length;
  }

  /** As the program or somebody else would. */
  put(entry: BlockEntry): void {
    if (entry.isNet) this.nets.set(key({ address: entry.source, bits: entry.bits }), entry);
    else this.map.set(addressKey(entry.source), entry);
  }

  remove(source: Uint8Array): boolean {
    this.calls.push('remove');
    return this.map.delete(addressKey(source));
  }

  getNet(net: Prefix): BlockEntry | undefined {
    return this.nets.get(key(net));
  }

  addNet(net: Prefix, block: NewBlock): boolean {
    if (this.nets.size >= this.room && !this.getNet(net)) return false;
    const source = maskAddress(net.address, net.bits);
    this.put({ packets: 0n, bytes: 0n, ...block, source, bits: net.bits, isNet: true });
    this.calls.push('add net');
    return true;
  }

  removeNet(net: Prefix): boolean {
    this.calls.push('remove net');
    return this.nets.delete(key(net));
  }
}

export class FakeSources implements SourceStore {
  readonly slots = new Map<string, Source>();
  readonly calls: string[];
  sweeps = 0;

  constructor(calls: string[] = []) {
    this.calls = calls;
  }

  visit(visit: (bytes: Uint8Array, offset: number) => void): void {
    drain(
      [...this.slots.values()].map((slot) => source.encode(slot)),
      visit,
    );
  }

  forget(key: Uint8Array): void {
    this.calls.push('forget');
    this.slots.delete(addressKey(key));
  }

  sweep(): number {
    this.sweeps++;
    return this.slots.size;
  }
}

export class FakeAllow implements AllowStore {
  readonly map = new Map<string, AllowEntry>();
  room = 1024;

  entries(): Iterable<AllowEntry> {
    return [...this.map.values()];
  }

  add(entry: AllowEntry): boolean {
    if (this.map.size >= this.room && !this.map.has(key(entry))) return false;
    this.map.set(key(entry), { ...entry, address: maskAddress(entry.address, entry.bits) });
    return true;
  }

  remove(prefix: Prefix): boolean {
    return this.map.delete(key(prefix));
  }
}

const key = ({ address, bits }: Prefix) => `${addressKey(maskAddress(address, bits))}/${bits}`;

export class FakeSink implements LineSink {
  readonly lines: string[] = [];
  /** Asked before each line. */
  takes: () => boolean = () => true;

  write(line: string): boolean {
    if (!this.takes()) return false;
    this.lines.push(line);
    return true;
  }
}

export class FakeLog implements Log {
  readonly infos: string[] = [];
  readonly warnings: string[] = [];

  info(message: string): void {
    this.infos.push(message);
  }

  warn(message: string): void {
    this.warnings.push(message);
  }
}

export const ZERO_COUNTERS: CounterValues = {
  verdicts: Array.from({ length: VERDICTS }, () => ({ packets: 0n, bytes: 0n })),
  connectionsLost: 0n,
  scansLost: 0n,
  blocksMade: 0n,
  blocksRefused: 0n,
  blocksCapped: 0n,
  sourcesEvicted: 0n,
  singlesEvicted: 0n,
  synsEvicted: 0n,
};

/** The whole world of a daemon. */
export class FakeWorld {
  readonly clock = new FakeClock();
  readonly calls: string[] = [];
  readonly events = new FakeEvents();
  readonly blocks = new FakeBlocks(this.calls);
  readonly sources = new FakeSources(this.calls);
  readonly allow = new FakeAllow();
  readonly graces = new FakeGraces();
  readonly notes = new FakeNotes();
  readonly lines = new FakeSink();
  readonly log = new FakeLog();
  readonly policies: Policy[] = [];
  counters: CounterValues = ZERO_COUNTERS;
  network: NetworkState = { allow: [], onlink: [], ephemeral: EPHEMERAL };
  readonly local = new Map<string, Uint8Array>();
  readNetwork: () => NetworkState = () => this.network;
  /** Who listens; undefined: nobody can say. */
  listening: ListeningPorts['at'] = () => undefined;
  /** If there is a state file. */
  state: FakeStateStore | undefined;
  /** Set by a command, asked by the daemon. */
  isChanged = false;

  ports(): DaemonPorts {
    const { clock, events, blocks, sources, allow, graces, notes, lines, log, state } = this;
    return {
      ...{ clock, events, blocks, sources, allow, graces, notes, lines, log, state },
      changes: { changed: () => this.#takeChanged() },
      counters: { read: () => this.counters },
      network: { read: () => this.readNetwork() },
      local: {
        entries: () => this.local.values(),
        add: (address) => this.local.set(address.join(), address).size > 0,
        remove: (address) => this.local.delete(address.join()),
      },
      policy: { write: (policy) => void this.policies.push(policy) },
      listening: { at: (address, transport) => this.listening(address, transport) },
      interfaceName: (ifindex) => `eth${ifindex}`,
    };
  }

  #takeChanged(): boolean {
    const was = this.isChanged;
    this.isChanged = false;
    return was;
  }

  /** Records that the program wrote. */
  readonly written = { connections: 0, scans: 0 };

  /** The program saw a SYN. */
  connect(from: string, port: number, more: Partial<Connection> = {}): void {
    this.written.connections++;
    this.events.connections.push(
      connection.encode({
        timeNs: this.clock.nowNs,
        source: ip(from),
        destination: from.includes(':') ? ip('2001:db8::5') : ip('10.0.0.5'),
        sourcePort: 5973,
        destinationPort: port,
        ifindex: 1,
        kind: 1,
        portState: 0,
        ...more,
      }),
    );
  }

  /** The program saw a scan; with `ttlNs` it wrote a block too. */
  scan(from: string, ports: readonly number[], more: Partial<Scan> = {}, ttlNs?: bigint): void {
    const { nowNs } = this.clock;
    const expiryNs = ttlNs === undefined || ttlNs === 0n ? 0n : nowNs + ttlNs;
    const record: Scan = {
      timeNs: nowNs,
      source: ip(from),
      destination: from.includes(':') ? ip('2001:db8::5') : ip('10.0.0.5'),
      expiryNs,
      ifindex: 1,
      portsCount: ports.length,
      sourceBits: 128,
      blocked: ttlNs === undefined ? 0 : 1,
      kind: 1,
      outcome: ttlNs === undefined ? 0 : 1,
      ports: [...ports, ...Array<number>(32 - ports.length).fill(0)],
      ...more,
    };
    this.written.scans++;
    this.events.scans.push(scan.encode(record));
    if (ttlNs === undefined) return;
    const source = maskAddress(record.source, record.sourceBits);
    // The program keeps whole units.
    const block = { startNs: blockStartNs(nowNs), expiryNs, reason: 'scan', packets: 0n, bytes: 0n } as const;
    this.blocks.put({ ...block, source, bits: record.sourceBits, isNet: false });
  }

  count(change: Partial<CounterValues>): void {
    this.counters = { ...this.counters, ...change };
  }
}

/** Ports of a host's own: those who scan the same at the same time are decoys of each other. */
export const portsOf = (host: string): number[] => [4, 3, 2, 1_000 + Number(/\d+$/.exec(host)?.[0] ?? 0)];
