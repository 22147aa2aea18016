import { BLOCK_FOR_EVER, BLOCK_UNIT_NS, BLOCKS_PER_LINE } from './limits.ts';
import { isInForce, type Block } from './block.ts';

const ADDRESS_BITS = 128;
const PACKETS_MAX = 0xffff_ffffn;

/** A cell: the four bytes of an IPv4 address as a number, and its block. */
export interface Cell {
  readonly address: number;
  readonly block: Block;
}

/** `struct block_line`. */
export interface BlockLine {
  readonly inHash: number;
  readonly reasons: Uint8Array;
  readonly addresses: readonly number[];
  readonly expiries: readonly number[];
  readonly starts: readonly number[];
  readonly packets: readonly number[];
  readonly bytes: readonly bigint[];
}

const unitsOf = (ns: bigint): number => Number(ns / BLOCK_UNIT_NS);

/** One line of the program's `blocked_lines`. */
export class Line {
  /** Blocks of sources that belong here and stand in the hash. */
  inHash = 0;
  readonly #cells: (Cell | undefined)[] = Array<undefined>(BLOCKS_PER_LINE).fill(undefined);

  find(address: number): Block | undefined {
    return this.#cells.find((cell) => cell?.address === address)?.block;
  }

  /** Takes the first cell whose block has expired; false: there is none. */
  takeExpired(cell: Cell, nowNs: bigint): boolean {
    return this.#take(cell, (old) => old !== undefined && !isInForce(old.block, nowNs));
  }

  /** Takes the first empty cell. */
  takeEmpty(cell: Cell): boolean {
    return this.#take(cell, (old) => old === undefined);
  }

  /** Writes over the block of an address. */
  replace(cell: Cell): boolean {
    return this.#take(cell, (old) => old?.address === cell.address);
  }

  /** Empties the cell of an address. */
  empty(address: number): boolean {
    return this.#put(undefined, (old) => old?.address === address);
  }

  /** The cells that are taken, in their order. */
  cells(): Cell[] {
    return this.#cells.filter((cell) => cell !== undefined);
  }

  #take({ address, block }: Cell, where: (old: Cell | undefined) => boolean): boolean {
    const packets = block.packets < PACKETS_MAX ? block.packets : PACKETS_MAX;
    return this.#put({ address, block: { ...block, packets, bits: ADDRESS_BITS } }, where);
  }

  #put(cell: Cell | undefined, where: (old: Cell | undefined) => boolean): boolean {
    const place = this.#cells.findIndex(where);
    if (place >= 0) this.#cells[place] = cell;
    return place >= 0;
  }

  /** Counts a packet to a block of this line. */
  static count(block: Block, frameLength: number): void {
    if (block.packets < PACKETS_MAX) block.packets++;
    block.bytes += BigInt(frameLength);
  }

  /** As the map holds it. */
  value(): BlockLine {
    const each = <T>(empty: T, pick: (cell: Cell) => T): T[] =>
      this.#cells.map((cell) => (cell === undefined ? empty : pick(cell)));
    return {
      inHash: this.inHash,
      reasons: Uint8Array.from(each(0, ({ block }) => block.reason)),
      addresses: each(0, ({ address }) => address),
      expiries: each(0, ({ block }) => (block.expiryNs === 0n ? BLOCK_FOR_EVER : unitsOf(block.expiryNs))),
      starts: each(0, ({ block }) => unitsOf(block.startNs)),
      packets: each(0, ({ block }) => Number(block.packets)),
      bytes: each(0n, ({ block }) => block.bytes),
    };
  }
}
