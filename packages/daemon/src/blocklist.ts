import { addressKey, formatAddress, formatPrefix, keyAddress } from './addresses.ts';
import { beganBefore, beganTogether, hasExpired } from './block-time.ts';
import type { Output } from './output.ts';
import type { BlockEntry, BlockReasonName, Prefix } from './ports.ts';
import type { WallClock } from './wall-clock.ts';

/** A block that was told. */
export interface KnownBlock {
  readonly source: Uint8Array;
  /** How much of `source` is blocked. */
  readonly bits: number;
  readonly isNet: boolean;
  readonly startNs: bigint;
  /** 0: for ever. */
  readonly expiryNs: bigint;
  readonly reason: BlockReasonName;
}

/** The same without the address, which is in the key: there may be a million. */
interface Held extends Omit<KnownBlock, 'source'> {
  /** By a daemon before this one, as far as can be known. */
  readonly isTaken: boolean;
  /** When the program was last seen to list it. */
  pass: number;
}

/** Who wants to know of the blocks of sources. */
export interface BlockWatcher {
  began(block: KnownBlock): void;
  /** @param last as the program had it when it ended, if that is known */
  ended(block: KnownBlock, timeNs: bigint, last: BlockEntry | undefined): void;
}

/** The blocks that were told: each is told once when it begins and once when it ends. Those of lists are none of them. */
export class Blocklist {
  readonly #output: Output;
  readonly #wall: WallClock;
  readonly #changed: () => void;
  readonly #watcher: BlockWatcher | undefined;
  readonly #known = new Map<string, Held>();
  #nextNs: bigint | undefined;
  #pass = 0;
  #operatorBlocks = 0;
  #ended = 0;

  /**
   * @param changed called at each block that begins or ends
   * @param watcher told of each block before its line is
   */
  constructor(output: Output, wall: WallClock, changed: () => void = () => undefined, watcher?: BlockWatcher) {
    this.#output = output;
    this.#wall = wall;
    this.#changed = changed;
    this.#watcher = watcher;
  }

  get size(): number {
    return this.#known.size;
  }

  /** Blocks of the operator that were told to begin. */
  get operatorBlocks(): number {
    return this.#operatorBlocks;
  }

  /** Blocks that were told to end. */
  get ended(): number {
    return this.#ended;
  }

  /** Whether this source is blocked by itself. */
  has(source: Uint8Array): boolean {
    return this.#known.has(addressKey(source));
  }

  /** Whether a block of exactly this prefix is known, a source's or a net's. */
  holds({ address, bits }: Prefix): boolean {
    return this.#known.get(addressKey(address))?.bits === bits || this.#known.has(netKey(address, bits));
  }

  /** A block that is there since before this daemon: it is known, and not told. */
  take(block: KnownBlock): void {
    this.#hold(block, true);
  }

  /** A block is there. Told unless it is known; an earlier one of the same source is told to have ended. */
  begin(block: KnownBlock): void {
    const old = this.#known.get(keyOf(block));
    // What was taken may have been made while no daemon ran; then nobody has told it yet.
    if (old && !old.isTaken && isSame(old, block)) return;
    // Its record waited while no daemon ran, and so does that of the block which took its place.
    if (old?.isTaken && beganBefore(block, old.startNs)) return;
    // It ran out, or else somebody lifted it, at a time that nobody knows.
    if (old && !beganTogether(old, block)) {
      this.end({ ...old, source: block.source }, hasExpired(old, block.startNs) ? old.expiryNs : block.startNs);
    }
    this.#hold(block, false);
    if (block.reason === 'operator') this.#operatorBlocks++;
    this.#changed();
    this.#watcher?.began(block);
    this.#output.tell({
      kind: 'block',
      timeMs: this.#wall.ms(block.startNs),
      ...names(block),
      untilMs: block.expiryNs === 0n ? undefined : this.#wall.ms(block.expiryNs),
      reason: block.reason,
    });
  }

  /** A block is gone since `timeNs`; `last`: as the program had it then. */
  end(block: KnownBlock, timeNs: bigint, last?: BlockEntry): void {
    if (!this.#known.delete(keyOf(block))) return;
    this.#ended++;
    this.#changed();
    this.#watcher?.ended(block, timeNs, last);
    this.#output.tell({ kind: 'unblock', timeMs: this.#wall.ms(timeNs), ...names(block), reason: block.reason });
  }

  /** A list says since that this one is blocked, so that it goes on in another's name. */
  takenOver(block: KnownBlock, timeNs: bigint): void {
    if (!this.#known.delete(keyOf(block))) return;
    this.#changed();
    this.#watcher?.ended(block, timeNs, undefined);
  }

  /** All of them; the one that is yielded may be ended. */
  *[Symbol.iterator](): Generator<KnownBlock> {
    for (const [key, held] of this.#known) yield known(key, held);
  }

  /** Begins to look for blocks that are gone. */
  look(): void {
    this.#pass++;
  }

  /** The program lists this block: it is not gone. Returns whether there is nothing to tell of it. */
  see(block: KnownBlock): boolean {
    if (block.reason === 'list') return true;
    const held = this.#known.get(keyOf(block));
    if (held) held.pass = this.#pass;
    return held !== undefined && isSame(held, block);
  }

  /** Those that were not seen since `look`; the one that is yielded may be ended. */
  *unseen(): Generator<KnownBlock> {
    for (const [key, held] of this.#known) if (held.pass !== this.#pass) yield known(key, held);
  }

  /** Those that have run out, in the order in which they did. */
  expired(nowNs: bigint): KnownBlock[] {
    if (this.#nextNs === undefined || this.#nextNs > nowNs) return [];
    this.#nextNs = undefined;
    const found: KnownBlock[] = [];
    for (const [key, held] of this.#known) {
      if (hasExpired(held, nowNs)) found.push(known(key, held));
      else this.#expect(held.expiryNs);
    }
    return found.sort((a, b) => Number(a.expiryNs - b.expiryNs));
  }

  /** When `expired` may next find anything; undefined if no block ends at all. */
  nextExpiryNs(): bigint | undefined {
    return this.#nextNs;
  }

  #hold(block: KnownBlock, isTaken: boolean): void {
    const { bits, isNet, startNs, expiryNs, reason } = block;
    this.#known.set(keyOf(block), { bits, isNet, startNs, expiryNs, reason, isTaken, pass: this.#pass });
    this.#expect(expiryNs);
  }

  #expect(expiryNs: bigint): void {
    if (expiryNs !== 0n && (this.#nextNs === undefined || expiryNs < this.#nextNs)) this.#nextNs = expiryNs;
  }
}

const netKey = (address: Uint8Array, bits: number): string => `${addressKey(address)}/${bits}`;

/** A source has one block, and so has each net; neither is the other's. */
const keyOf = ({ source, bits, isNet }: KnownBlock): string => (isNet ? netKey(source, bits) : addressKey(source));

const known = (key: string, { bits, isNet, startNs, expiryNs, reason }: Held): KnownBlock => ({
  ...{ source: keyAddress(key), bits, isNet },
  ...{ startNs, expiryNs, reason },
});

function isSame(held: Held, block: KnownBlock): boolean {
  return beganTogether(held, block) && held.expiryNs === block.expiryNs;
}

function names(block: KnownBlock): { source: string; sourcePrefix: string } {
  return { source: formatAddress(block.source), sourcePrefix: formatPrefix(block.source, block.bits) };
}
