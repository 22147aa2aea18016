import type { DistributedScan } from '@scanward/detector';
import { addressKey, formatAddress, formatPrefix, isIpv4, prefixMask } from '../addresses.ts';
import { hasExpired } from '../block-time.ts';
import type { BlockWatcher, KnownBlock } from '../blocklist.ts';
import type { ScanLabels } from '../events.ts';
import type { Output } from '../output.ts';
import type { BlockEntry, BlockStore, Clock, ListeningPorts } from '../ports.ts';
import type { WallClock } from '../wall-clock.ts';
import { type Passage, RecentConnections } from './recent-connections.ts';
import { SCAN_SHAPES, type ScanShape } from './scan-shape.ts';
import { ScanInProgress, type Crossing } from './scan-in-progress.ts';

/** Scans that are in progress at once; the one that was quiet longest is told to have ended when there is one more. */
export const SCANS_IN_PROGRESS_MAX = 2_048;
/** Blocks that one pass looks at, to know how long their scans go on. */
const LOOKS_PER_PASS = 256;
/** Ports that a report names; it says how many there were. */
const PORTS_TOLD = 32;

export interface ScansPorts {
  readonly blocks: Pick<BlockStore, 'get'>;
  readonly clock: Pick<Clock, 'monotonicNs'>;
  readonly listening?: ListeningPorts | undefined;
}

export interface ScansOptions {
  /** A scan is over when its source was quiet for as long. */
  readonly windowMs: number;
  readonly ipv6Prefix: number;
  /** Random: those of the program. */
  readonly sourceKeys: readonly bigint[];
  /** Default 2,048. */
  readonly scansMax?: number | undefined;
}

/**
 * One report a scan: told when it is detected, and once more when it is over, because its source was quiet for a window,
 * or its block ended, or the daemon. What a source does while its scan is in progress is part of it.
 */
export class Scans implements BlockWatcher {
  readonly #ports: ScansPorts;
  readonly #output: Output;
  readonly #wall: WallClock;
  #windowNs: number;
  readonly #max: number;
  readonly #ipv6Mask: Uint8Array;
  readonly #masked = new Uint8Array(16);
  readonly #recent: RecentConnections;
  /** By source; the one that was quiet longest comes first. */
  readonly #held = new Map<string, ScanInProgress>();
  readonly #shapes = new Map<ScanShape, number>(SCAN_SHAPES.map((shape) => [shape, 0]));

  constructor(ports: ScansPorts, output: Output, wall: WallClock, options: ScansOptions) {
    this.#ports = ports;
    this.#output = output;
    this.#wall = wall;
    this.#windowNs = options.windowMs * 1e6;
    this.#max = options.scansMax ?? SCANS_IN_PROGRESS_MAX;
    this.#ipv6Mask = prefixMask(options.ipv6Prefix);
    this.#recent = new RecentConnections({ ipv6Prefix: options.ipv6Prefix, keys: options.sourceKeys });
  }

  /** From now on a scan is over when its source was quiet for as long. */
  setWindow(windowMs: number): void {
    this.#windowNs = windowMs * 1e6;
  }

  /** Scans detected so far. */
  get count(): number {
    return [...this.#shapes.values()].reduce((sum, each) => sum + each, 0);
  }

  /** Scans detected so far, by the shape that they were told with. */
  shapes(): Record<ScanShape, number> {
    return Object.fromEntries(this.#shapes) as Record<ScanShape, number>;
  }

  /** Scans in progress. */
  get size(): number {
    return this.#held.size;
  }

  /** A packet got through, or showed that its source completed a handshake; that is the 16 bytes at `offset`. */
  connected(bytes: Uint8Array, offset: number, port: number, timeNs: number, passage: Passage = 'tcp'): void {
    this.#recent.note(bytes, offset, port, timeNs, passage);
    if (this.#held.size === 0) return;
    const key = this.#keyOf(bytes, offset);
    const scan = key === undefined ? undefined : this.#held.get(key);
    if (key === undefined || !scan) return;
    note(scan, port, timeNs, passage);
    this.#active(key, scan);
  }

  /** Whether a source completed a handshake within the window before a time. */
  hasHandshake(source: Uint8Array, sourceBits: number, timeNs: number): boolean {
    let found = this.#held.get(addressKey(source))?.isHandshaken ?? false;
    this.#recent.visit(source, sourceBits, timeNs - this.#windowNs, (_port, _at, passage) => {
      if (passage === 'handshake') found = true;
    });
    return found;
  }

  /** Many sources did together what none did alone. It has no end that anybody could tell. */
  distributed({ ports, portsCount, sourcesCount, windowS }: DistributedScan, timeNs: number): void {
    this.#detected('distributed');
    const timeMs = this.#wall.ms(timeNs);
    this.#output.tell({ kind: 'distributed scan', timeMs, ports, portsCount, sourcesCount, windowS });
  }

  /** A source crossed the threshold. */
  crossed(crossing: Crossing): void {
    const key = addressKey(crossing.source);
    const held = this.#held.get(key);
    const isOver = held && isOtherBlock(held, crossing);
    if (isOver) this.#end(key, held, Math.min(crossing.timeNs, expiryOf(held)));
    if (!held || isOver) this.#begin(key, crossing);
    else {
      held.crossed(crossing);
      this.#active(key, held);
    }
  }

  /** Somebody else may have sent it in that name: its first report did not know yet, its end says so. */
  doubted(source: Uint8Array, isDecoy: boolean): void {
    this.#held.get(addressKey(source))?.doubted(isDecoy);
  }

  began(block: KnownBlock): void {
    if (!block.isNet) this.#held.get(addressKey(block.source))?.blocked(block);
  }

  ended(block: KnownBlock, timeNs: bigint, last: BlockEntry | undefined): void {
    if (block.isNet) return;
    const key = addressKey(block.source);
    const scan = this.#held.get(key);
    if (!scan?.hasBlock(block)) return;
    if (last && scan.hasBlock(last)) scan.drops(last, Number(timeNs));
    this.#end(key, scan, Number(timeNs));
  }

  /** One tick: those whose sources were quiet for a window are over. */
  pass(): void {
    const nowNs = this.#nowNs();
    for (const [key, scan] of this.#quietest(LOOKS_PER_PASS)) this.#look(key, scan, nowNs);
    for (const [key, scan] of this.#held) {
      if (scan.lastNs + this.#windowNs > nowNs) break;
      if (!this.#look(key, scan, nowNs)) this.#end(key, scan, scan.lastNs + this.#windowNs);
    }
  }

  /** The end of the daemon: all are told. */
  endAll(): void {
    const nowNs = this.#nowNs();
    for (const [key, scan] of this.#quietest(this.#held.size)) {
      this.#look(key, scan, nowNs);
      this.#end(key, scan, nowNs);
    }
  }

  /** A copy: what is looked at may change its place. */
  #quietest(count: number): [string, ScanInProgress][] {
    const found: [string, ScanInProgress][] = [];
    for (const entry of this.#held) {
      if (found.length >= count) break;
      found.push(entry);
    }
    return found;
  }

  #begin(key: string, crossing: Crossing): void {
    for (const [oldKey, old] of this.#quietest(this.#held.size >= this.#max ? 1 : 0)) {
      this.#look(oldKey, old, this.#nowNs());
      this.#end(oldKey, old, this.#nowNs());
    }
    const scan = new ScanInProgress(crossing);
    const { source, sourceBits, timeNs } = crossing;
    const sinceNs = timeNs - this.#windowNs;
    this.#recent.visit(source, sourceBits, sinceNs, (port, at, passage) => note(scan, port, at, passage));
    scan.crossed(crossing);
    this.#held.set(key, scan);
    this.#detected(crossing.shape ?? 'vertical');
    this.#output.tell({
      kind: 'scan',
      timeMs: this.#wall.ms(timeNs),
      ...this.#names(scan),
      ports: crossing.ports,
      interface: crossing.interface,
    });
  }

  #detected(shape: ScanShape): void {
    this.#shapes.set(shape, this.#shapes.get(shape)! + 1);
  }

  #active(key: string, scan: ScanInProgress): void {
    this.#held.delete(key);
    this.#held.set(key, scan);
  }

  /** Asks the block of a scan what it dropped; whether that is more than before. */
  #look(key: string, scan: ScanInProgress, nowNs: number): boolean {
    const entry = scan.block && this.#ports.blocks.get(scan.crossing.source);
    if (!entry || !scan.hasBlock(entry) || !scan.drops(entry, nowNs)) return false;
    this.#active(key, scan);
    return true;
  }

  #end(key: string, scan: ScanInProgress, timeNs: number): void {
    this.#held.delete(key);
    const open = this.#openPorts(scan);
    this.#output.tell({
      kind: 'scan end',
      timeMs: this.#wall.ms(timeNs),
      ...this.#names(scan),
      firstMs: this.#wall.ms(scan.firstNs),
      lastMs: this.#wall.ms(scan.lastNs),
      ports: scan.firstPorts(PORTS_TOLD),
      portsCount: scan.portsCount,
      open: open?.slice(0, PORTS_TOLD),
      openCount: open?.length ?? 0,
      dropped: scan.dropped,
    });
  }

  #openPorts(scan: ScanInProgress): number[] | undefined {
    const open = new Set<number>();
    for (const transport of ['tcp', 'udp'] as const) {
      if (transport === 'udp' && !scan.reachedAny('udp')) continue;
      const listening = this.#ports.listening?.at(scan.crossing.destination, transport);
      if (!listening) return undefined;
      for (const port of listening) if (scan.reached(port, transport)) open.add(port);
    }
    return [...open].sort((a, b) => a - b);
  }

  #names({ crossing, shape, attribution, addressesCount, isHandshaken }: ScanInProgress): ScanNames {
    const { address, source, sourceBits, destination, probeKind } = crossing;
    return {
      source: formatAddress(address),
      sourcePrefix: formatPrefix(source, sourceBits),
      destination: formatAddress(destination),
      probeKind: probeKind === 'syn' && isHandshaken ? 'connect' : probeKind,
      ...{ shape, attribution, addressesCount },
    };
  }

  /** Of the scan in progress that the address belongs to: its own, or its prefix's. */
  #keyOf(bytes: Uint8Array, offset: number): string | undefined {
    const whole = addressKey(bytes, offset);
    if (this.#held.has(whole)) return whole;
    if (isIpv4(bytes, offset)) return undefined;
    for (let i = 0; i < 16; i++) this.#masked[i] = bytes[offset + i]! & this.#ipv6Mask[i]!;
    return addressKey(this.#masked);
  }

  #nowNs(): number {
    return Number(this.#ports.clock.monotonicNs());
  }
}

interface ScanNames extends ScanLabels {
  readonly source: string;
  readonly sourcePrefix: string;
  readonly destination: string;
}

function note(scan: ScanInProgress, port: number, timeNs: number, passage: Passage): void {
  if (passage === 'handshake') scan.handshaken(timeNs);
  else scan.connected(port, timeNs, passage);
}

/** Whether the source crossed when the block of its scan was gone: that is another scan. */
function isOtherBlock(held: ScanInProgress, { timeNs, blockStartNs }: Crossing): boolean {
  if (!held.block) return false;
  if (blockStartNs !== undefined) return !held.hasBlock({ startNs: blockStartNs });
  return hasExpired(held.block, BigInt(timeNs));
}

function expiryOf({ block }: ScanInProgress): number {
  return block && block.expiryNs !== 0n ? Number(block.expiryNs) : Infinity;
}
