import { blockStartNs } from '@scanward/map-codec';
import { addressKey, formatAddress, formatPrefix } from './addresses.ts';
import type { Output } from './output.ts';
import type { BlockReasonName } from './ports.ts';
import type { WallClock } from './wall-clock.ts';

/** A block that was told. */
export interface KnownBlock {
  readonly source: Uint8Array;
  /** How much of `source` is the source: 128, or the IPv6 prefix. */
  readonly bits: number;
  readonly startNs: bigint;
  /** 0: for ever. */
  readonly expiryNs: bigint;
  readonly reason: BlockReasonName;
}

/** The rule of the program: a block has ended at its expiry, not after it. */
export function hasExpired(block: { expiryNs: bigint }, nowNs: bigint): boolean {
  return block.expiryNs !== 0n && block.expiryNs <= nowNs;
}

/** Of a block's beginning the program lists only the unit; the record of its scan says it exactly. */
function beganTogether(a: KnownBlock, b: KnownBlock): boolean {
  return a.startNs === b.startNs || blockStartNs(a.startNs) === b.startNs || a.startNs === blockStartNs(b.startNs);
}

/** Whether a block that the program lists began before then, for certain. */
export function beganBefore(block: { startNs: bigint }, timeNs: bigint): boolean {
  return blockStartNs(block.startNs) < blockStartNs(timeNs);
}

/** The blocks that were told: each is told once when it begins and once when it ends. */
export class Blocklist {
  readonly #output: Output;
  readonly #wall: WallClock;
  readonly #known = new Map<string, KnownBlock>();
  #nextNs: bigint | undefined;

  constructor(output: Output, wall: WallClock) {
    this.#output = output;
    this.#wall = wall;
  }

  get size(): number {
    return this.#known.size;
  }

  get(source: Uint8Array): KnownBlock | undefined {
    return this.#known.get(addressKey(source));
  }

  /** A block is there. Told unless it is known; an earlier one of the same source is told to have ended. */
  begin(block: KnownBlock): void {
    const old = this.get(block.source);
    if (old && beganTogether(old, block) && old.expiryNs === block.expiryNs) return;
    // It ran out, or else somebody lifted it, at a time that nobody knows.
    if (old && !beganTogether(old, block)) {
      this.end(old, hasExpired(old, block.startNs) ? old.expiryNs : block.startNs);
    }
    this.#known.set(addressKey(block.source), { ...block, source: Uint8Array.from(block.source) });
    this.#expect(block.expiryNs);
    this.#output.tell({
      kind: 'block',
      timeMs: this.#wall.ms(block.startNs),
      ...names(block),
      untilMs: block.expiryNs === 0n ? undefined : this.#wall.ms(block.expiryNs),
      reason: block.reason,
    });
  }

  /** A block is gone since `timeNs`. */
  end(block: KnownBlock, timeNs: bigint): void {
    if (!this.#known.delete(addressKey(block.source))) return;
    this.#output.tell({ kind: 'unblock', timeMs: this.#wall.ms(timeNs), ...names(block) });
  }

  [Symbol.iterator](): IterableIterator<KnownBlock> {
    return this.#known.values();
  }

  /** Those that have run out, in the order in which they did. */
  expired(nowNs: bigint): KnownBlock[] {
    if (this.#nextNs === undefined || this.#nextNs > nowNs) return [];
    this.#nextNs = undefined;
    const found: KnownBlock[] = [];
    for (const block of this) {
      if (hasExpired(block, nowNs)) found.push(block);
      else this.#expect(block.expiryNs);
    }
    return found.sort((a, b) => Number(a.expiryNs - b.expiryNs));
  }

  /** When `expired` may next find anything; undefined if no block ends at all. */
  nextExpiryNs(): bigint | undefined {
    return this.#nextNs;
  }

  #expect(expiryNs: bigint): void {
    if (expiryNs !== 0n && (this.#nextNs === undefined || expiryNs < this.#nextNs)) this.#nextNs = expiryNs;
  }
}

function names(block: KnownBlock): { source: string; sourcePrefix: string } {
  return { source: formatAddress(block.source), sourcePrefix: formatPrefix(block.source, block.bits) };
}
