import { cursor } from './cursor.ts';
import type { Cursor } from './cursor-type.ts';
import { codecs } from './codecs.ts';
import { BLOCK_FOR_EVER, BLOCK_UNIT_SHIFT, BLOCKS_PER_LINE } from './layout.generated.ts';
import type { Endian } from './layout.ts';
import type { Addr, Block, BlockLine } from './value.ts';

const ADDRESS_BITS = 128;
/** A double has room for a unit's 32 bits, wherever they are. */
const UNIT_NS = 2 ** BLOCK_UNIT_SHIFT;

/** A block and whose it is. */
export interface SourceBlock extends Block {
  readonly source: Addr;
}

function mapped(address: number): Addr {
  const source = new Uint8Array(16);
  source[10] = source[11] = 0xff;
  source[12] = address >>> 24;
  source[13] = address >>> 16;
  source[14] = address >>> 8;
  source[15] = address;
  return source;
}

const expiryNs = (units: number): bigint => (units === BLOCK_FOR_EVER ? 0n : BigInt(units * UNIT_NS));

/** Reads the blocks in the cells of `blocked_lines`. */
export class BlockLines {
  readonly #lines: Cursor<'block_line', BlockLine>;

  constructor(endian: Endian) {
    this.#lines = cursor(codecs(endian).blockLine);
  }

  /** Those of so many lines that stand in `bytes`, one behind the other. */
  *blocks(bytes: Uint8Array, count: number): Generator<SourceBlock> {
    const lines = this.#lines.over(bytes, 0, count);
    for (let line = 0; line < count; line++) {
      for (let cell = 0; cell < BLOCKS_PER_LINE; cell++) {
        const address = lines.addresses(line, cell);
        if (address !== 0) yield this.#block(bytes, address, line, cell);
      }
    }
  }

  #block(bytes: Uint8Array, address: number, line: number, cell: number): SourceBlock {
    const lines = this.#lines;
    return {
      source: mapped(address),
      startNs: BigInt(lines.starts(line, cell) * UNIT_NS),
      expiryNs: expiryNs(lines.expiries(line, cell)),
      packets: BigInt(lines.packets(line, cell)),
      bytes: lines.bytes(line, cell),
      reason: bytes[lines.reasonsOffset(line) + cell]!,
      bits: ADDRESS_BITS,
    };
  }
}
