import { CaptureError } from './capture-error.ts';

/** Bytes of a packet that are read, as in libpcap. */
export const PACKET_BYTES_MAX = 262_144;
/** Bytes of a pcapng block that is read as a whole: a packet, and room for its options. Others are passed by, however long. */
export const BLOCK_BYTES_MAX = PACKET_BYTES_MAX + 65_536;
/** Interfaces of one section. */
export const INTERFACES_MAX = 4_096;

/** @throws CaptureError `packet-length` */
export function checkPacketLength(length: number, most: number, offset: number): void {
  if (length <= most) return;
  throw new CaptureError('packet-length', offset, `a packet says ${length} bytes: ${most} are the most`);
}
