import { kindCode, KINDS, type ProbeKind as Probe } from '@scanward/detector';
import { PortState, ProbeKind, type Endian } from '@scanward/map-codec';
import { formatAddress, maskAddress } from './addresses.ts';
import type { Told } from './deciding.ts';
import type { ScanLabels } from './events.ts';
import type { CounterValues, DaemonPorts } from './ports.ts';
import type { PolicyOptions } from './policy.ts';
import { CONNECTION, ConnectionView, scanReader } from './records.ts';
import type { ScanRecord } from './records.ts';
import type { Passage } from './scans/recent-connections.ts';

/** Sees each probe that counts as it is drained. */
export type Feed = (bytes: Uint8Array, offset: number, view: ConnectionView) => void;

export interface TrackingOptions {
  readonly endian: Endian;
  /** For the warning that the blocklist is full. */
  readonly maxBlocks: number;
  /** For the warning that there are too many new blocks. */
  readonly policy: Pick<PolicyOptions, 'maxNewBlocks'>;
  /** The detectors. */
  readonly feed: Feed;
  /** Somebody listens on this port: a client was answered. */
  readonly listens: (port: number, timeNs: number) => void;
  /** How wide a scan is. */
  readonly extent: (scan: ScanRecord) => Pick<ScanLabels, 'shape' | 'addressesCount'>;
  /** Called after the scan's line, so that what became of the scanner is told next. */
  readonly scanned: (scan: ScanRecord) => void;
}

type TrackingPorts = Pick<DaemonPorts, 'events' | 'counters' | 'log' | 'interfaceName' | 'clock'>;

/** The cap is one of each minute, so a flood is over when none was above it for longer. */
const CALM_NS = 90_000_000_000n;

/** The tracking watcher: every connection a line, every scan of the program a report, every loss a line. */
export class Tracking {
  readonly #ports: TrackingPorts;
  readonly #told: Pick<Told, 'output' | 'wall' | 'scans' | 'suspicion'>;
  readonly #options: TrackingOptions;
  readonly #connection: ConnectionView;
  readonly #scan: (bytes: Uint8Array, offset: number) => ScanRecord;
  #seen: Seen = { connectionsLost: 0n, scansLost: 0n, blocksRefused: 0n, blocksCapped: 0n, forgotten: 0n };
  /** Records by their kind's number, which is a byte. */
  readonly #records = new Float64Array(256);
  #refused = 0;
  #cappedHere = 0;
  #refusedInAll = 0;
  #cappedInAll = 0;
  #full = false;
  #forgets = false;
  #cappedNs: bigint | undefined;

  constructor(
    ports: TrackingPorts,
    told: Pick<Told, 'output' | 'wall' | 'scans' | 'suspicion'>,
    options: TrackingOptions,
  ) {
    this.#ports = ports;
    this.#told = told;
    this.#options = options;
    this.#connection = new ConnectionView(options.endian);
    this.#scan = scanReader(options.endian);
  }

  /** What was counted so far was told by a daemon before this one. */
  takeOver(): void {
    this.#seen = seenOf(this.#ports.counters.read());
  }

  /** One tick. */
  pass(): void {
    this.#told.wall.take();
    this.drain();
    this.#told.scans.pass();
    this.#losses(this.#ports.counters.read());
    this.#told.output.tellLost();
  }

  /** Connections first, then scans: a scan's line stands below the connections that made it. */
  drain(): void {
    this.#told.output.look();
    this.#ports.events.drainConnections((bytes, offset) => this.#takeRecord(bytes, offset));
    this.#ports.events.drainScans((bytes, offset) => this.#tellScan(this.#scan(bytes, offset)));
  }

  /** A block that the daemon itself could not write, because the blocklist is full. */
  refused(): void {
    this.#refused++;
    this.#refusedInAll++;
  }

  /** A block that the daemon itself did not make, because it had made so many of late. */
  capped(): void {
    this.#cappedHere++;
    this.#cappedInAll++;
  }

  /** Blocks that the daemon itself did not make. */
  unmade(): { readonly refused: number; readonly capped: number } {
    return { refused: this.#refusedInAll, capped: this.#cappedInAll };
  }

  /** Probes that were drained, by kind. */
  probes(): Record<Probe, number> {
    const probes = KINDS.filter((kind) => kind !== 'handshake');
    return Object.fromEntries(probes.map((kind) => [kind, this.#records[kindCode(kind)]!])) as Record<Probe, number>;
  }

  #takeRecord(bytes: Uint8Array, offset: number): void {
    const view = this.#connection.at(bytes, offset);
    const timeNs = view.timeNs();
    const kind = view.kind();
    this.#records[kind]!++;
    const isSyn = kind === ProbeKind.SYN || kind === ProbeKind.FRAGMENT;
    if (isSyn && this.#told.output.admitsConnection()) this.#tellSyn(bytes, offset, view, timeNs);
    this.#told.scans.connected(bytes, offset + CONNECTION.source, view.destinationPort(), timeNs, passageOf(kind));
    // The program did not count a SYN to an open port, if it knew the port to be open.
    const isOpen = kind === ProbeKind.HANDSHAKE || (isSyn && view.portState() === PortState.OPEN);
    if (isOpen) this.#options.listens(view.destinationPort(), timeNs);
    else this.#options.feed(bytes, offset, view);
  }

  #tellSyn(bytes: Uint8Array, offset: number, view: ConnectionView, timeNs: number): void {
    this.#told.output.tell({
      kind: 'connection',
      timeMs: this.#told.wall.ms(timeNs),
      source: formatAddress(bytes, offset + CONNECTION.source),
      sourcePort: view.sourcePort(),
      destination: formatAddress(bytes, offset + CONNECTION.destination),
      destinationPort: view.destinationPort(),
      interface: this.#ports.interfaceName(view.ifindex()),
    });
  }

  #tellScan(scan: ScanRecord): void {
    const { sourceBits, destination, ports } = scan;
    const { suspicion, scans } = this.#told;
    const source = maskAddress(scan.source, sourceBits);
    const timeNs = Number(scan.timeNs);
    const judged = suspicion.judge({ source, sourceBits, ports, timeNs });
    scans.crossed({
      ...{ timeNs, source, sourceBits, destination, ports },
      ...this.#options.extent(scan),
      ...judged.labels,
      probeKind: scan.probe,
      address: scan.source,
      interface: this.#ports.interfaceName(scan.ifindex),
      blockStartNs: scan.blocked ? scan.timeNs : undefined,
    });
    if (!scan.blocked) suspicion.blockProven({ source, sourceBits, ports }, judged);
    const block = scan.blocked ? suspicion.settle(source, judged) : undefined;
    this.#options.scanned(block && judged.isUncertain ? { ...scan, expiryNs: block.expiryNs } : scan);
  }

  #losses(counters: CounterValues): void {
    const now = seenOf(counters);
    const refused = Number(now.blocksRefused - this.#seen.blocksRefused) + this.#refused;
    this.#lost('connections', Number(now.connectionsLost - this.#seen.connectionsLost));
    this.#lost('scans', Number(now.scansLost - this.#seen.scansLost));
    this.#forgotten(Number(now.forgotten - this.#seen.forgotten));
    this.#capped(Number(now.blocksCapped - this.#seen.blocksCapped) + this.#cappedHere);
    this.#seen = now;
    this.#refused = this.#cappedHere = 0;
    if (refused > 0) this.#noRoom(refused);
    this.#full = refused > 0;
  }

  #lost(what: 'connections' | 'scans', count: number): void {
    if (count > 0) this.#told.output.lost(what, 'ring full', count);
  }

  /** Sources that the program's tables had no room for any more. */
  #forgotten(count: number): void {
    if (count > 0) this.#told.output.lost('sources', 'tables full', count);
    if (count > 0 && !this.#forgets)
      this.#ports.log.warn(
        'tables of sources are full, and what some did within the window is forgotten (a flood of forged ones?): raise --max-sources',
      );
    this.#forgets = count > 0;
  }

  /** Scanners that got no block, because there were so many; what they send over the threshold is dropped all the same. */
  #capped(count: number): void {
    if (count <= 0) return;
    this.#told.output.lost('blocks', 'block cap', count);
    const nowNs = this.#ports.clock.monotonicNs();
    const isNews = this.#cappedNs === undefined || nowNs - this.#cappedNs > CALM_NS;
    this.#cappedNs = nowNs;
    if (!isNews) return;
    const { maxNewBlocks } = this.#options.policy;
    this.#ports.log.warn(
      `more than ${maxNewBlocks} new blocks within a minute (forged scans?): what is over the threshold is dropped, ` +
        'and no more blocks are written (--max-new-blocks)',
    );
  }

  #noRoom(refused: number): void {
    const { maxBlocks } = this.#options;
    this.#told.output.lost('blocks', 'blocklist full', refused);
    if (this.#full) return;
    this.#ports.log.warn(`blocklist is full (${maxBlocks} entries): raise --max-blocks or shorten --block-ttl`);
  }
}

/** How a packet of that kind came through. */
function passageOf(kind: number): Passage {
  if (kind === ProbeKind.HANDSHAKE) return 'handshake';
  return kind === ProbeKind.UDP ? 'udp' : 'tcp';
}

type Seen = Pick<CounterValues, 'connectionsLost' | 'scansLost' | 'blocksRefused' | 'blocksCapped'> & {
  readonly forgotten: bigint;
};

function seenOf(counters: CounterValues): Seen {
  const { connectionsLost, scansLost, blocksRefused, blocksCapped, sourcesEvicted, singlesEvicted } = counters;
  return { connectionsLost, scansLost, blocksRefused, blocksCapped, forgotten: sourcesEvicted + singlesEvicted };
}
