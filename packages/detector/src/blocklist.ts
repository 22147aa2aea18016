import { hexOf, isMapped, isUnspecified } from './address.ts';
import { assertInteger } from './assert.ts';
import { type BlockLine, type Cell, Line } from './block-line.ts';
import { type Block, BlockReason, isInForce, rounded } from './block.ts';
import { hashToSet, KeyedHash } from './keyed-hash.ts';
import { BLOCK_KEYS, BLOCK_UNIT_NS, SETS_MAX } from './limits.ts';
import type { PrefixList } from './prefix-list.ts';

export { BlockReason, expiryOf, isInForce } from './block.ts';
export type { Block } from './block.ts';

/** Of so many blocks one is kept for the operator, and one at least where there are two. */
const BLOCKS_OF_WHICH_ONE_IS_KEPT = 64;
const IPV4_OFFSET = 12;
const IN_HASH_MAX = 0xffff;

/** `made`: written. `held`: a block in force was there already. `refused`: no room. `capped`: too many within a minute. */
export type BlockOutcome = 'made' | 'held' | 'refused' | 'capped';

/** Units of blocks in which new ones are counted: a minute. */
const SPAN_UNITS = 895;

export interface BlocklistOptions {
  /** Blocks at most: the program's `max_blocks`. */
  readonly capacity: number;
  /** Lines of five cells; default: half as many as blocks. */
  readonly lines?: number;
  /** The last two words of the program's `secret`. */
  readonly keys: readonly bigint[];
  readonly allow: PrefixList;
}

interface Hashed {
  readonly source: Uint8Array;
  readonly block: Block;
}

/**
 * The program's blocklist, rule by rule (bpf/blocks.bpf.h): IPv4 blocks stand in lines of five cells; in a hash stand
 * those of IPv6, of allowed addresses, and those that found no cell. A source has one block at most. Nothing is evicted;
 * a block that has expired stays until another one takes its cell, its source is blocked again, or it is deleted.
 */
export class Blocklist {
  readonly capacity: number;
  readonly #allow: PrefixList;
  readonly #where: KeyedHash;
  readonly #lines: readonly Line[];
  readonly #hash = new Map<string, Hashed>();
  #size = 0;
  #spanStart = 0;
  #spanBlocks = 0;

  constructor(options: BlocklistOptions) {
    const { capacity, lines = Math.max(1, Math.ceil(capacity / 2)) } = options;
    assertInteger('lines', lines, 1, SETS_MAX);
    assertInteger('number of keys', options.keys.length, BLOCK_KEYS, BLOCK_KEYS);
    this.capacity = capacity;
    this.#allow = options.allow;
    this.#where = new KeyedHash(options.keys);
    this.#lines = Array.from({ length: lines }, () => new Line());
  }

  /** Blocks, those that have expired with them. */
  get size(): number {
    return this.#size;
  }

  get lines(): number {
    return this.#lines.length;
  }

  /** `struct block_line`, as the map holds it. */
  line(index: number): BlockLine {
    return this.#lines[index]!.value();
  }

  /** What stands in the hash. */
  hashed(): readonly Hashed[] {
    return [...this.#hash.values()];
  }

  /** All blocks, those that have expired with them. */
  *entries(): Generator<Hashed> {
    for (const line of this.#lines) {
      for (const { address, block } of line.cells()) yield { source: mapped(address), block };
    }
    yield* this.#hash.values();
  }

  /** COMMAND_FIND. */
  get(source: Uint8Array): Block | undefined {
    return this.#lineOf(source)?.find(ipv4Of(source)) ?? this.#hash.get(hexOf(source))?.block;
  }

  /** Whether a packet is dropped, which is counted to the block unless the length is 0. Of an address in a cell the allowlist is not asked. */
  drops(source: Uint8Array, address: Uint8Array, nowNs: bigint, frameLength: number): boolean {
    const line = this.#lineOf(source);
    const block = line?.find(ipv4Of(source));
    if (block && isInForce(block, nowNs)) {
      if (frameLength > 0) Line.count(block, frameLength);
      return true;
    }
    if (line?.inHash === 0) return false;
    return this.#hashDrops(source, address, nowNs, frameLength);
  }

  #hashDrops(source: Uint8Array, address: Uint8Array, nowNs: bigint, frameLength: number): boolean {
    const block = this.#hash.get(hexOf(source))?.block;
    if (!block || !isInForce(block, nowNs) || this.#allow.has(address)) return false;
    if (frameLength > 0) block.packets++;
    block.bytes += BigInt(frameLength);
    return true;
  }

  /** COMMAND_BLOCK: insert or replace. Returns false when there is no room. */
  set(source: Uint8Array, block: Block, nowNs: bigint): boolean {
    return this.#put(source, rounded(block), nowNs) === 'made';
  }

  #spanHasRoom(nowNs: bigint, perMinute: number): boolean {
    const now = Number(nowNs / BLOCK_UNIT_NS);
    if (now - this.#spanStart >= SPAN_UNITS) {
      this.#spanStart = now;
      this.#spanBlocks = 0;
    }
    return perMinute === 0 || this.#spanBlocks < perMinute;
  }

  /** What a packet over the threshold does: insert, or replace what has expired; at most so many a minute, 0: any number. */
  block(source: Uint8Array, bits: number, nowNs: bigint, expiryNs: bigint, perMinute = 0): BlockOutcome {
    const old = this.get(source);
    if (old !== undefined && isInForce(old, nowNs)) return 'held';
    if (!this.#spanHasRoom(nowNs, perMinute)) return 'capped';
    const block = { startNs: nowNs, expiryNs, packets: 0n, bytes: 0n, reason: BlockReason.scan, bits };
    const outcome = this.#put(source, rounded(block), nowNs);
    if (outcome === 'made') this.#spanBlocks++;
    return outcome;
  }

  /** COMMAND_UNBLOCK: whether there was a block. */
  delete(source: Uint8Array): boolean {
    const line = this.#lineOf(source);
    const isDeleted = line?.empty(ipv4Of(source)) || this.#hashDelete(source, line);
    if (isDeleted) this.#size--;
    return isDeleted;
  }

  /** COMMAND_RECHECK of one line: what is allowed by now moves into the hash. */
  recheck(index: number): void {
    const line = this.#lines[index];
    for (const { address, block } of line?.cells() ?? []) {
      const source = mapped(address);
      if (!this.#allow.has(source)) continue;
      this.#hashInsert(source, block, line);
      line!.empty(address);
    }
  }

  #lineOf(source: Uint8Array): Line | undefined {
    if (!isMapped(source, 0) || isUnspecified(source, 0)) return undefined;
    return this.#lines[hashToSet(this.#where.hash(source, IPV4_OFFSET), this.#lines.length)];
  }

  /** A source that has a block keeps its place. */
  #put(source: Uint8Array, block: Block, nowNs: bigint): BlockOutcome {
    const line = this.#lineOf(source);
    if (line?.replace({ address: ipv4Of(source), block })) return 'made';
    if (!this.#hash.has(hexOf(source))) return this.#add(source, block, nowNs, line);
    this.#hash.set(hexOf(source), { source, block });
    return 'made';
  }

  #add(source: Uint8Array, block: Block, nowNs: bigint, line: Line | undefined): BlockOutcome {
    const cell: Cell = { address: ipv4Of(source), block };
    const cells = this.#allow.has(source) ? undefined : line;
    if (cells?.takeExpired(cell, nowNs)) return 'made';
    if (!this.#hasRoom(block.reason)) return 'refused';
    this.#size++;
    if (!cells?.takeEmpty(cell)) this.#hashInsert(source, block, line);
    return 'made';
  }

  #hasRoom(reason: number): boolean {
    const { capacity } = this;
    const kept = Math.max(Math.floor(capacity / BLOCKS_OF_WHICH_ONE_IS_KEPT), capacity > 1 ? 1 : 0);
    return this.#size < (reason === BlockReason.operator ? capacity : capacity - kept);
  }

  #hashInsert(source: Uint8Array, block: Block, line: Line | undefined): void {
    this.#hash.set(hexOf(source), { source, block });
    if (line && line.inHash < IN_HASH_MAX) line.inHash++;
  }

  #hashDelete(source: Uint8Array, line: Line | undefined): boolean {
    const isDeleted = this.#hash.delete(hexOf(source));
    if (isDeleted && line && line.inHash < IN_HASH_MAX) line.inHash--;
    return isDeleted;
  }
}

function ipv4Of(source: Uint8Array): number {
  return new DataView(source.buffer, source.byteOffset).getUint32(IPV4_OFFSET);
}

function mapped(address: number): Uint8Array {
  const source = new Uint8Array(16);
  const view = new DataView(source.buffer);
  view.setUint16(10, 0xffff);
  view.setUint32(IPV4_OFFSET, address);
  return source;
}
