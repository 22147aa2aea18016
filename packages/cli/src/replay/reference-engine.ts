import type {
  AllowEntry,
  AllowStore,
  BlockEntry,
  BlockStore,
  CounterValues,
  LocalStore,
  NewBlock,
  Prefix,
  SourceStore,
} from '@scanward/daemon';
import { contains, formatAddress, maskAddress } from '@scanward/daemon';
import {
  type Block,
  BlockReason,
  Reference,
  type ReferencePolicy,
  type ScanRecord,
  slotValue,
} from '@scanward/detector';
import {
  type Codecs,
  codecs,
  Evidence,
  Mode,
  type Policy,
  PORTS_MAX,
  Response,
  SECRET_WORDS,
  SOURCE_KEYS,
  SOURCES_PER_SET,
} from '@scanward/map-codec';
import type { ParsedFrame } from '@scanward/packet';
import { randomKeys } from '../kernel/secret.ts';
import { sizesOf } from '../kernel/sizes.ts';
import type { Engine, EnginePorts, SocketStateOf } from './engine.ts';
import { MapGraces, MapNotes } from './memory-stores.ts';
import { ReplayEvents } from './replay-events.ts';
import type { ReplayOptions } from './replay-options.ts';

/** Frames have no interface here; in a test run of the program all come in by this one. */
const LOOPBACK = 1;
/** Entries of the program's allowlist. */
const ALLOW_MAX = 4_096;

/** The model of the program. It needs no kernel and no rights. */
export class ReferenceEngine implements Engine {
  readonly endian = 'little';
  readonly sourceKeys: readonly bigint[];
  readonly ports: EnginePorts;
  readonly #events = new ReplayEvents();
  readonly #reference: Reference;
  readonly #codec: Codecs = codecs(this.endian);
  #nowNs = 0n;

  constructor(options: Pick<ReplayOptions, 'maxSources' | 'maxBlocks'>, sockets: SocketStateOf) {
    const { constants } = sizesOf(options);
    const secret = randomKeys(SECRET_WORDS);
    this.sourceKeys = secret.slice(0, SOURCE_KEYS);
    const reference = new Reference({
      policy: NO_POLICY,
      secret,
      sourceSets: constants['source_sets']!,
      singleLines: constants['single_lines']!,
      synLines: constants['syn_lines']!,
      blocksMax: options.maxBlocks,
      blockLines: constants['block_lines']!,
      allowMax: ALLOW_MAX,
      sockets: (packet) => sockets(packet as ParsedFrame),
    });
    this.#reference = reference;
    const now = () => this.#nowNs;
    this.ports = {
      events: this.#events,
      blocks: new ReferenceBlocks(reference, now),
      sources: new ReferenceSources(reference, this.#codec, now),
      counters: { read: () => countersOf(reference) },
      allow: new ReferenceAllow(reference),
      local: new ReferenceLocal(reference),
      graces: new MapGraces(reference.graces),
      notes: new MapNotes(),
      policy: {
        write: (policy) => {
          reference.setPolicy(referencePolicy(policy));
        },
      },
    };
  }

  receive(_frame: Uint8Array, parsed: ParsedFrame, nowNs: bigint): boolean {
    this.#nowNs = nowNs;
    const { connection, scan } = this.#reference.packet(parsed, nowNs, LOOPBACK);
    if (connection) this.#events.addConnection(this.#codec.connection.encode(connection));
    if (scan) this.#events.addScan(this.#scanBytes(scan));
    return true;
  }

  #scanBytes({ ports, ...scan }: ScanRecord): Uint8Array {
    const room = Array<number>(PORTS_MAX - ports.length).fill(0);
    return this.#codec.scan.encode({ ...scan, portsCount: ports.length, ports: [...ports, ...room] });
  }

  told(): Promise<void> {
    return this.#events.told();
  }

  abandon(): void {
    this.#events.abandon();
  }

  close(): void {
    this.#events.close();
  }
}

/** As they are now; nothing is lost here. */
function countersOf({ counters }: Reference): CounterValues {
  const { blocksMade, blocksRefused, blocksCapped, sourcesEvicted, singlesEvicted, synsEvicted } = counters;
  const evicted = { sourcesEvicted, singlesEvicted, synsEvicted };
  const verdicts = counters.verdicts.map((tally) => ({ ...tally }));
  return { verdicts, connectionsLost: 0n, scansLost: 0n, blocksMade, blocksRefused, blocksCapped, ...evicted };
}

/** Until the daemon writes one. */
const NO_POLICY: ReferencePolicy = {
  mode: 'kernel',
  response: 'log',
  threshold: 31,
  windowNs: 1_024n,
  blockTtlNs: 0n,
  ipv6Prefix: 64,
  onlink: [],
};

/** `struct policy` as the model takes it. */
function referencePolicy(policy: Policy): ReferencePolicy {
  const { windowNs, blockTtlNs, threshold, ipv6Prefix, blocksPerMinute } = policy;
  return {
    ...{ windowNs, blockTtlNs, threshold, ipv6Prefix, blocksPerMinute },
    mode: policy.mode === Mode.KERNEL ? 'kernel' : 'user',
    response: policy.response === Response.BLOCK ? 'block' : 'log',
    evidence: policy.evidence === Evidence.ANY ? 'any' : 'closed',
    keepEstablished: policy.keepEstablished !== 0,
    ephemeral: [policy.ephemeralFirst, policy.ephemeralLast],
    onlink: policy.onlink.slice(0, policy.onlinkCount).map(({ address, mask }) => ({ address, bits: bitsOf(mask) })),
  };
}

function bitsOf(mask: Uint8Array): number {
  return mask.reduce((bits, byte) => bits + 8 - Math.log2(0x100 - byte), 0);
}

class ReferenceBlocks implements BlockStore {
  readonly #reference: Reference;
  readonly #now: () => bigint;

  constructor(reference: Reference, now: () => bigint) {
    this.#reference = reference;
    this.#now = now;
  }

  *entries(): Generator<BlockEntry> {
    for (const { source, block } of this.#reference.blocks.entries()) yield entryOf(source, block, false);
    for (const { address, block } of this.#reference.nets.list()) yield entryOf(address, block, true);
  }

  get(source: Uint8Array): BlockEntry | undefined {
    const block = this.#reference.blocks.get(source);
    return block && entryOf(source, block, false);
  }

  add(source: Uint8Array, bits: number, block: NewBlock): boolean {
    return this.#reference.blocks.set(Uint8Array.from(source), { ...blockOf(block), bits }, this.#now());
  }

  remove(source: Uint8Array): boolean {
    return this.#reference.blocks.delete(source);
  }

  getNet(net: Prefix): BlockEntry | undefined {
    const block = this.#reference.nets.get(net);
    return block && entryOf(maskAddress(net.address, net.bits), block, true);
  }

  addNet(net: Prefix, block: NewBlock): boolean {
    return this.#reference.nets.set(net, blockOf(block));
  }

  removeNet(net: Prefix): boolean {
    return this.#reference.nets.delete(net);
  }
}

function entryOf(source: Uint8Array, block: Block, isNet: boolean): BlockEntry {
  const { startNs, expiryNs, packets, bytes, bits } = block;
  const reason = block.reason === BlockReason.scan ? 'scan' : 'operator';
  return { source, bits, startNs, expiryNs, packets, bytes, reason, isNet };
}

function blockOf({ startNs, expiryNs, reason, packets = 0n, bytes = 0n }: NewBlock): Omit<Block, 'bits'> {
  return { startNs, expiryNs, packets, bytes, reason: reason === 'scan' ? BlockReason.scan : BlockReason.operator };
}

class ReferenceSources implements SourceStore {
  readonly #reference: Reference;
  readonly #codec: Codecs;
  readonly #now: () => bigint;

  constructor(reference: Reference, codec: Codecs, now: () => bigint) {
    this.#reference = reference;
    this.#codec = codec;
    this.#now = now;
  }

  visit(visit: (bytes: Uint8Array, offset: number) => void): void {
    const { sources } = this.#reference;
    for (let slot = 0; slot < sources.sets * SOURCES_PER_SET; slot++) {
      if (!sources.isEmpty(slot)) visit(this.#codec.source.encode(slotValue(sources, slot)), 0);
    }
  }

  forget(source: Uint8Array): void {
    this.#reference.forget(source);
  }

  sweep(): number {
    return this.#reference.sweep(this.#now());
  }
}

class ReferenceAllow implements AllowStore {
  readonly #reference: Reference;
  #entries: readonly AllowEntry[] = [];

  constructor(reference: Reference) {
    this.#reference = reference;
  }

  entries(): Iterable<AllowEntry> {
    return this.#entries;
  }

  add(entry: AllowEntry): boolean {
    const others = this.#entries.filter((one) => !isSame(one, entry));
    if (others.length === ALLOW_MAX) return false;
    this.#write([...others, entry]);
    for (let line = 0; line < this.#reference.blocks.lines; line++) this.#reference.blocks.recheck(line);
    return true;
  }

  remove(prefix: Prefix): boolean {
    const others = this.#entries.filter((one) => !isSame(one, prefix));
    if (others.length === this.#entries.length) return false;
    this.#write(others);
    return true;
  }

  #write(entries: readonly AllowEntry[]): void {
    this.#entries = entries;
    this.#reference.allow.clear();
    for (const entry of entries) this.#reference.allow.add(entry);
  }
}

class ReferenceLocal implements LocalStore {
  readonly #reference: Reference;
  readonly #addresses = new Map<string, Uint8Array>();

  constructor(reference: Reference) {
    this.#reference = reference;
  }

  entries(): Iterable<Uint8Array> {
    return [...this.#addresses.values()];
  }

  add(address: Uint8Array): boolean {
    const name = formatAddress(address);
    if (this.#addresses.has(name)) return true;
    if (!this.#reference.local.add({ address, bits: 128 })) return false;
    this.#addresses.set(name, Uint8Array.from(address));
    return true;
  }

  remove(address: Uint8Array): boolean {
    if (!this.#addresses.delete(formatAddress(address))) return false;
    this.#reference.local.clear();
    for (const other of this.#addresses.values()) this.#reference.local.add({ address: other, bits: 128 });
    return true;
  }
}

function isSame(a: Prefix, b: Prefix): boolean {
  return a.bits === b.bits && contains(a, b.address);
}
