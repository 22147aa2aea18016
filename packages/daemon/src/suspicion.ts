import { Doubt } from '@scanward/detector';
import { blockExpiryNs } from '@scanward/map-codec';
import { addressKey, keyAddress } from './addresses.ts';
import type { Blocklist } from './blocklist.ts';
import { blockScanner, type BlockScannerPorts, type Scanner } from './block-scanner.ts';
import type { ScanLabels } from './events.ts';
import { nanoseconds } from './policy.ts';
import type { PolicyOptions } from './policy.ts';
import type { BlockEntry, Clock } from './ports.ts';
import type { Scans } from './scans/scans.ts';

/** How long a source is blocked of which it is not sure that it sent these packets. */
export const PROBATION_MS = 30_000;

export interface SuspicionPorts extends BlockScannerPorts {
  readonly clock: Pick<Clock, 'monotonicNs'>;
}

export type SuspicionPolicy = Pick<PolicyOptions, 'blockTtlMs' | 'probationMs' | 'response'>;

/** A scan before it is told, and what there is to say of who sent it. */
export interface Suspected extends Scanner {
  readonly timeNs: number;
}

/** What was found of a scan. */
export interface Judged {
  readonly labels: Pick<ScanLabels, 'shape' | 'attribution'>;
  readonly isUncertain: boolean;
  readonly isProven: boolean;
}

/**
 * Holds each scan against the others of the last seconds. Sources that may have been forged are blocked for the probation only:
 * also those that were believed a moment ago. Who has completed a handshake is blocked for the whole time, though the
 * program's cap on new blocks had no room for him.
 */
export class Suspicion {
  readonly #ports: SuspicionPorts;
  readonly #list: Blocklist;
  readonly #scans: Scans;
  readonly #doubt = new Doubt();
  readonly #policy: SuspicionPolicy;
  #blocks = 0;

  constructor(ports: SuspicionPorts, list: Blocklist, scans: Scans, policy: SuspicionPolicy) {
    this.#ports = ports;
    this.#list = list;
    this.#scans = scans;
    this.#policy = policy;
  }

  /** Blocks written so far, of those who had proved themselves. */
  get blocks(): number {
    return this.#blocks;
  }

  /**
   * To be asked once for each scan, before it is told. Of sources that are doubted only now the blocks are shortened, and the
   * ends of their scans say so.
   */
  judge({ source, sourceBits, ports, timeNs }: Suspected): Judged {
    const isProven = this.#scans.hasHandshake(source, sourceBits, timeNs);
    const { isUncertain, isDecoy, revised } = this.#doubt.crossed({ id: addressKey(source), timeNs, ports, isProven });
    for (const { id, isDecoy } of revised) this.#revise(keyAddress(id), isDecoy);
    const labels = {
      ...(isDecoy ? { shape: 'decoy' as const } : {}),
      ...(isUncertain || isProven ? { attribution: isUncertain ? ('uncertain' as const) : ('certain' as const) } : {}),
    };
    return { labels, isUncertain, isProven };
  }

  /** When the block of a scan ends that begins then; 0: never. */
  expiryNs(startNs: bigint, { isUncertain }: Judged): bigint {
    const ttlNs = nanoseconds(this.#policy.blockTtlMs);
    const wholeNs = ttlNs === 0n ? 0n : blockExpiryNs(startNs + ttlNs);
    return isUncertain ? this.#sooner(startNs, wholeNs) : wholeNs;
  }

  /** The block that the program made, as it is to be: shorter when its source is doubted. Undefined: it is gone already. */
  settle(source: Uint8Array, { isUncertain }: Judged): BlockEntry | undefined {
    const entry = this.#ports.blocks.get(source);
    return entry && isUncertain ? this.#shorten(entry) : entry;
  }

  /** The program has not blocked a scanner who has proved himself, because it had blocked so many: he is blocked all the same. */
  blockProven(scanner: Scanner, judged: Judged): void {
    if (!judged.isProven || this.#policy.response !== 'block' || this.#list.has(scanner.source)) return;
    const startNs = this.#ports.clock.monotonicNs();
    const expiryNs = this.expiryNs(startNs, judged);
    if (blockScanner(this.#ports, this.#list, scanner, { startNs, expiryNs })) this.#blocks++;
  }

  #revise(source: Uint8Array, isDecoy: boolean): void {
    this.#scans.doubted(source, isDecoy);
    const entry = this.#ports.blocks.get(source);
    if (entry?.reason !== 'scan') return;
    const shortened = this.#shorten(entry);
    if (shortened !== entry) this.#list.begin(shortened);
  }

  /** What it touched is forgotten: it must not be blocked for the same once more when the probation is over. */
  #shorten(entry: BlockEntry): BlockEntry {
    const expiryNs = this.#sooner(entry.startNs, entry.expiryNs);
    if (expiryNs === entry.expiryNs) return entry;
    const shorter = { ...entry, expiryNs };
    this.#ports.blocks.add(entry.source, entry.bits, shorter);
    this.#ports.sources.forget(entry.source);
    return shorter;
  }

  #sooner(startNs: bigint, expiryNs: bigint): bigint {
    const probationNs = blockExpiryNs(startNs + nanoseconds(this.#policy.probationMs ?? PROBATION_MS));
    return expiryNs === 0n || expiryNs > probationNs ? probationNs : expiryNs;
  }
}
