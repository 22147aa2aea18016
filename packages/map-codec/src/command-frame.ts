import { codecs } from './codecs.ts';
import { CommandOp, COMMANDS_MAX, LAYOUTS } from './layout.generated.ts';
import type { Endian } from './layout.ts';
import type { StructCodec } from './struct-codec.ts';
import type { Addr, Block, Command } from './value.ts';

const { size, fields } = LAYOUTS.command;
const at = (name: (typeof fields)[number]['name']): number => fields.find((field) => field.name === name)!.offset;
const inBlock = (name: (typeof LAYOUTS.block.fields)[number]['name']): number =>
  at('block') + LAYOUTS.block.fields.find((field) => field.name === name)!.offset;
const SOURCE_BYTES = LAYOUTS.addr.size;
const OP = at('op');
const FIRST = at('first');
const OUTCOME = at('outcome');
const NEXT = at('next');
const IS_NET = at('is_net');
const SOURCE = at('source');
const START = inBlock('start_ns');
const EXPIRY = inBlock('expiry_ns');
const PACKETS = inBlock('packets');
const BYTES = inBlock('bytes');
const REASON = inBlock('reason');
const BITS = inBlock('bits');

/** Runs without a step before the program is given up: what it waits for lasts a microsecond, a lack of memory longer. */
const IDLE_RUNS_MAX = 1_000;

const NONE: Block = { startNs: 0n, expiryNs: 0n, packets: 0n, bytes: 0n, reason: 0, bits: 0 };

/** A command with zeros for what is not given. */
export function commandOf(command: Pick<Command, 'op'> & Partial<Command>): Command {
  const numbers = { first: 0, count: 0, live: 0, emptied: 0, outcome: 0, next: 0, isNet: 0 };
  return { ...numbers, source: new Uint8Array(SOURCE_BYTES), block: NONE, ...command };
}

/** Runs a frame through the command program; the frame as the program left it. */
export type RunFrame = (frame: Uint8Array) => Uint8Array;

/**
 * A frame of up to COMMANDS_MAX commands for the program `scanward_command`. Fill it, `run` it, look at the answers,
 * `clear` it and fill it again.
 */
export class CommandFrame {
  readonly #codec: StructCodec<Command>;
  readonly #little: boolean;
  readonly #bytes = new Uint8Array(COMMANDS_MAX * size);
  readonly #view = new DataView(this.#bytes.buffer);
  #count = 0;

  constructor(endian: Endian) {
    this.#codec = codecs(endian).command;
    this.#little = endian === 'little';
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === COMMANDS_MAX;
  }

  clear(): void {
    this.#bytes.fill(0, 0, this.#count * size);
    this.#count = 0;
  }

  /** Adds any command. */
  add(command: Command): void {
    this.#codec.encode(command, this.#bytes, this.#claim());
  }

  /** Adds COMMAND_BLOCK: as `add`, in a tenth of the time. With `netBits` (0 to 128) the net of that length is blocked. */
  addBlock(source: Addr, block: Block, netBits?: number): void {
    const offset = this.#begin(CommandOp.BLOCK, source, netBits ?? block.bits, netBits !== undefined);
    const [view, little] = [this.#view, this.#little];
    view.setBigUint64(offset + START, block.startNs, little);
    view.setBigUint64(offset + EXPIRY, block.expiryNs, little);
    view.setBigUint64(offset + PACKETS, block.packets, little);
    view.setBigUint64(offset + BYTES, block.bytes, little);
    view.setUint32(offset + REASON, block.reason, little);
  }

  /** Adds COMMAND_UNBLOCK. With `netBits` the block of exactly the net of that length is removed. */
  addUnblock(source: Addr, netBits?: number): void {
    this.#begin(CommandOp.UNBLOCK, source, netBits ?? 0, netBits !== undefined);
  }

  /** Adds COMMAND_FIND. With `netBits` the block of exactly the net of that length is read. */
  addFind(source: Addr, netBits?: number): void {
    this.#begin(CommandOp.FIND, source, netBits ?? 0, netBits !== undefined);
  }

  #begin(op: number, source: Addr, bits: number, isNet: boolean): number {
    const offset = this.#claim();
    const [view, little] = [this.#view, this.#little];
    view.setUint32(offset + OP, op, little);
    view.setUint32(offset + IS_NET, Number(isNet), little);
    for (let i = 0; i < SOURCE_BYTES; i++) this.#bytes[offset + SOURCE + i] = source[i]!;
    view.setUint32(offset + BITS, bits, little);
    return offset;
  }

  /** Room for one more. */
  #claim(): number {
    if (this.isFull) throw new RangeError(`a frame holds ${COMMANDS_MAX} commands`);
    return this.#count++ * size;
  }

  /** Runs all its commands. Throws when the program does not get on with one. */
  run(run: RunFrame): void {
    let idle = 0;
    while (this.#next() < this.#count) {
      const before = this.#progress();
      const frame = run(this.#bytes.subarray(0, this.#count * size));
      this.#bytes.set(frame.subarray(0, this.#count * size));
      idle = this.#progress() === before ? idle + 1 : 0;
      if (idle > IDLE_RUNS_MAX)
        throw new Error('the command program does not get on: is there no memory for the map blocked?');
    }
  }

  #next(): number {
    return this.#view.getUint32(NEXT, this.#little);
  }

  /** Rises with each step that is done. */
  #progress(): number {
    const next = this.#next();
    return next === this.#count ? Infinity : next * 2 ** 32 + this.#view.getUint32(next * size + FIRST, this.#little);
  }

  /** A command as the program left it. */
  answer(index: number): Command {
    return this.#codec.decode(this.#bytes, index * size);
  }

  /** `enum block_outcome` of one. */
  outcome(index: number): number {
    return this.#view.getUint32(index * size + OUTCOME, this.#little);
  }
}
