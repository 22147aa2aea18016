import type { ByteQueue, MORE } from './byte-queue.ts';
import { CaptureError } from './capture-error.ts';
import type { CapturedPacket } from './captured-packet.ts';
import { checkPacketLength, PACKET_BYTES_MAX } from './limits.ts';
import { checkLinkType } from './link-type.ts';

/** How the header of a pcap file is read: its byte order, and the nanoseconds of a fraction. */
export interface PcapOrder {
  readonly little: boolean;
  readonly fractionNs: bigint;
}

const SECOND_NS = 1_000_000_000n;
/** Behind the magic number. */
const HEADER_BYTES = 20;
const RECORD_BYTES = 16;
const LINK_TYPE_OFFSET = 16;

/** A pcap capture behind its magic number: packets one after the other. */
export function* readPcap(queue: ByteQueue, order: PcapOrder): Generator<CapturedPacket | typeof MORE, void> {
  const { little } = order;
  const header = viewOf(yield* queue.need(HEADER_BYTES, 'its header', 0));
  const major = header.getUint16(0, little);
  if (major !== 2) throw new CaptureError('version', 4, `pcap version ${major} is not known`);
  // Above it stands how long the frame check sequence is.
  const linkType = header.getUint32(LINK_TYPE_OFFSET, little) & 0xffff;
  checkLinkType(linkType, 4 + LINK_TYPE_OFFSET);
  while (yield* queue.more()) yield* readRecord(queue, order, linkType);
}

function* readRecord(
  queue: ByteQueue,
  { little, fractionNs }: PcapOrder,
  linkType: number,
): Generator<CapturedPacket | typeof MORE, void> {
  const { offset } = queue;
  const record = viewOf(yield* queue.need(RECORD_BYTES, "a packet's header", offset));
  const timeNs = BigInt(record.getUint32(0, little)) * SECOND_NS + BigInt(record.getUint32(4, little)) * fractionNs;
  const length = record.getUint32(8, little);
  const originalLength = Math.max(length, record.getUint32(12, little));
  checkPacketLength(originalLength, PACKET_BYTES_MAX, offset);
  const bytes = yield* queue.need(length, 'a packet', offset);
  yield { timeNs, linkType, bytes, originalLength, interfaceId: 0, offset };
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
