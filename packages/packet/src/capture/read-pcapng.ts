import { MORE, type ByteQueue } from './byte-queue.ts';
import { CaptureError } from './capture-error.ts';
import type { CapturedPacket } from './captured-packet.ts';
import { BLOCK_BYTES_MAX } from './limits.ts';
import { PcapngSection } from './pcapng-section.ts';

/** Types of the blocks that are read. */
export const Block = {
  section: 0x0a0d0d0a,
  interface: 1,
  /** Obsolete, and still met. */
  packet: 2,
  simplePacket: 3,
  enhancedPacket: 6,
} as const;

const READ: ReadonlySet<number> = new Set(Object.values(Block));
/** Type and length before, length behind. */
const FRAME_BYTES = 12;
const SECTION_BYTES_MIN = 28;
const BYTE_ORDER = 0x1a2b3c4d;

type Steps<T = void> = Generator<CapturedPacket | typeof MORE, T>;

/** A pcapng capture behind the type of its first block: sections of blocks. */
export function* readPcapng(queue: ByteQueue): Steps {
  let section = yield* readSection(queue, 0);
  while (yield* queue.more()) {
    const { offset } = queue;
    const type = section.u32(yield* queue.need(4, 'a block', offset), 0);
    if (type === Block.section) section = yield* readSection(queue, offset);
    else yield* readBlock(queue, section, type, offset);
  }
}

/** A section says its own byte order, so its length can be read only after that. */
function* readSection(queue: ByteQueue, offset: number): Steps<PcapngSection> {
  const start = yield* queue.need(8, 'a section', offset);
  const little = byteOrder(start, offset);
  const section = new PcapngSection(little);
  const length = section.u32(start, 0);
  checkLength(length, SECTION_BYTES_MIN, offset);
  checkBlockLength(length, offset);
  const rest = yield* queue.need(length - FRAME_BYTES, 'a section', offset);
  const major = section.u16(rest, 0);
  if (major !== 1) throw new CaptureError('version', offset, `pcapng version ${major} is not known`);
  checkTrailer(section.u32(rest, rest.length - 4), length, offset);
  return section;
}

function byteOrder(start: Uint8Array, offset: number): boolean {
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  if (view.getUint32(4, true) === BYTE_ORDER) return true;
  if (view.getUint32(4, false) === BYTE_ORDER) return false;
  throw new CaptureError('byte-order', offset, 'a section says no byte order');
}

function* readBlock(queue: ByteQueue, section: PcapngSection, type: number, offset: number): Steps {
  const length = section.u32(yield* queue.need(4, 'a block', offset), 0);
  checkLength(length, FRAME_BYTES, offset);
  const bodyBytes = length - FRAME_BYTES;
  let body: Uint8Array | undefined;
  if (READ.has(type)) {
    checkBlockLength(length, offset);
    body = yield* queue.need(bodyBytes, 'a block', offset);
  } else {
    yield* queue.pass(bodyBytes, 'a block', offset);
  }
  checkTrailer(section.u32(yield* queue.need(4, 'a block', offset), 0), length, offset);
  if (body === undefined) return;
  if (type === Block.interface) section.addInterface(body, offset);
  else yield packetOf(section, type, body, offset);
}

function packetOf(section: PcapngSection, type: number, body: Uint8Array, offset: number): CapturedPacket {
  if (type === Block.simplePacket) return section.simplePacket(body, offset);
  return type === Block.packet ? section.oldPacket(body, offset) : section.enhancedPacket(body, offset);
}

function checkLength(length: number, min: number, offset: number): void {
  if (length >= min && length % 4 === 0) return;
  throw new CaptureError('block-length', offset, `a block says ${length} bytes`);
}

function checkTrailer(trailer: number, length: number, offset: number): void {
  if (trailer === length) return;
  throw new CaptureError('block-length', offset, `a block says ${length} bytes before and ${trailer} behind it`);
}

function checkBlockLength(length: number, offset: number): void {
  if (length <= BLOCK_BYTES_MAX) return;
  throw new CaptureError('packet-length', offset, `a block says ${length} bytes: ${BLOCK_BYTES_MAX} are the most`);
}
