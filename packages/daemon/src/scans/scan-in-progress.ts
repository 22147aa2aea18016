import { beganTogether } from '../block-time.ts';
import type { KnownBlock } from '../blocklist.ts';
import type { ScanLabels } from '../events.ts';
import type { BlockEntry } from '../ports.ts';
import { PortSet } from './port-set.ts';

/** A source has crossed the threshold: of the program's record, or found by the detector. */
export interface Crossing extends ScanLabels {
  readonly timeNs: number;
  /** What is counted and blocked, masked. */
  readonly source: Uint8Array;
  readonly sourceBits: number;
  /** Of the packet that crossed. */
  readonly address: Uint8Array;
  readonly destination: Uint8Array;
  /** Ascending. */
  readonly ports: readonly number[];
  /** Undefined: over all. */
  readonly interface: string | undefined;
  /** When the block that was made of it began; undefined: none is known. */
  readonly blockStartNs: bigint | undefined;
}

type BlockTimes = Pick<KnownBlock, 'startNs' | 'expiryNs'>;
type Tally = Pick<BlockEntry, 'packets' | 'bytes'>;

/** How a packet came that got through. */
export type Transport = 'tcp' | 'udp';

/** What is known of a scan so far: at most 24 KiB of ports, whatever it does. */
export class ScanInProgress {
  /** That which was told. */
  readonly crossing: Crossing;
  readonly #reached = { tcp: new PortSet(), udp: new PortSet() };
  /** Ports that no packet is known to have got through to. */
  readonly #unreached = new PortSet();
  #portsCount = 0;
  #isHandshaken = false;
  #shape: ScanLabels['shape'];
  #attribution: ScanLabels['attribution'];
  #addressesCount: number | undefined;
  #firstNs: number;
  #lastNs: number;
  #block: BlockTimes | undefined;
  #dropped: Tally = { packets: 0n, bytes: 0n };

  constructor(crossing: Crossing) {
    this.crossing = crossing;
    this.#firstNs = this.#lastNs = crossing.timeNs;
    this.#shape = crossing.shape;
    this.#attribution = crossing.attribution;
    this.#addressesCount = crossing.addressesCount;
  }

  get firstNs(): number {
    return this.#firstNs;
  }

  get lastNs(): number {
    return this.#lastNs;
  }

  get block(): BlockTimes | undefined {
    return this.#block;
  }

  /** By its block; undefined: it has none. */
  get dropped(): Tally | undefined {
    return this.#block && this.#dropped;
  }

  /** How many distinct ports it touched; TCP and UDP share their numbers. */
  get portsCount(): number {
    return this.#portsCount;
  }

  /** Of all crossings so far. */
  get shape(): ScanLabels['shape'] {
    return this.#shape;
  }

  /** As it was judged last. */
  get attribution(): ScanLabels['attribution'] {
    return this.#attribution;
  }

  /** The highest that was counted. */
  get addressesCount(): number | undefined {
    return this.#addressesCount;
  }

  /** The source has completed a handshake since the scan began: it is who it says. */
  get isHandshaken(): boolean {
    return this.#isHandshaken;
  }

  /** A packet to this port got through. */
  connected(port: number, timeNs: number, transport: Transport = 'tcp'): void {
    if (!this.#has(port)) this.#portsCount++;
    this.#unreached.delete(port);
    this.#reached[transport].add(port);
    this.#spans(timeNs);
  }

  handshaken(timeNs: number): void {
    this.#isHandshaken = true;
    this.#spans(timeNs);
  }

  /** The source crossed the threshold, for the first time or again. Of its ports, those of known connections got through. */
  crossed({ ports, timeNs, shape, attribution, addressesCount }: Crossing): void {
    this.#shape = together(this.#shape, shape);
    this.#attribution = attribution ?? this.#attribution;
    if (addressesCount !== undefined) this.#addressesCount = Math.max(addressesCount, this.#addressesCount ?? 0);
    for (const port of ports) {
      if (this.#has(port)) continue;
      this.#portsCount++;
      this.#unreached.add(port);
    }
    this.#spans(timeNs);
  }

  /** Others crossed with it: its source may be forged. */
  doubted(isDecoy: boolean): void {
    this.#attribution = 'uncertain';
    if (isDecoy) this.#shape = 'decoy';
  }

  /** The first `max` that it touched, ascending. */
  firstPorts(max: number): number[] {
    const { tcp, udp } = this.#reached;
    const first = new Set([tcp, udp, this.#unreached].flatMap((ports) => ports.first(max)));
    return [...first].sort((a, b) => a - b).slice(0, max);
  }

  /** It has this block from now on, or still has. */
  blocked(block: BlockTimes): void {
    if (!this.hasBlock(block)) this.#dropped = { packets: 0n, bytes: 0n };
    this.#block = { startNs: block.startNs, expiryNs: block.expiryNs };
  }

  hasBlock(block: { startNs: bigint }): boolean {
    return this.#block !== undefined && beganTogether(this.#block, block);
  }

  /** What its block has dropped by now. Returns whether that is more than before: then it was active until about now. */
  drops({ packets, bytes }: Tally, nowNs: number): boolean {
    if (packets <= this.#dropped.packets) return false;
    this.#dropped = { packets, bytes };
    this.#lastNs = Math.max(this.#lastNs, nowNs);
    return true;
  }

  /** Whether a packet got through to this port. */
  reached(port: number, transport: Transport): boolean {
    return this.#reached[transport].has(port);
  }

  /** Whether any did. */
  reachedAny(transport: Transport): boolean {
    return this.#reached[transport].size > 0;
  }

  #has(port: number): boolean {
    return this.#unreached.has(port) || this.#reached.tcp.has(port) || this.#reached.udp.has(port);
  }

  #spans(timeNs: number): void {
    this.#firstNs = Math.min(this.#firstNs, timeNs);
    this.#lastNs = Math.max(this.#lastNs, timeNs);
  }
}

/** Many ports and many addresses are a block; else it is what it was first. */
function together(first: ScanLabels['shape'], next: ScanLabels['shape']): ScanLabels['shape'] {
  if (first === 'decoy' || next === 'decoy') return 'decoy';
  const isBlock = next === 'block' || (first === 'horizontal') !== (next === 'horizontal');
  return isBlock ? 'block' : first;
}
