import { onesSum } from './checksum.ts';
import type { Cursor } from './cursor.ts';
import { Protocol } from './protocol.ts';

/** A longer segment or datagram is taken for right: the program does not add it up. */
const CHECKSUM_BYTES_MAX = 512;
const TCP_CHECKSUM_OFFSET = 16;
const UDP_CHECKSUM_OFFSET = 6;
const ALL_ONES = 0xffff;

/**
 * Whether the host would drop a segment or a datagram, `length` bytes from here, for its checksum. One that another guest of
 * the same machine sent holds the sum of the pseudo header alone: the network card would have done the rest.
 */
export function isChecksumWrong(c: Cursor, length: number): boolean {
  if (c.isCut || length > CHECKSUM_BYTES_MAX || !c.fits(length)) return false;
  const { source, destination } = c.frame;
  const field = c.u16(c.protocol === Protocol.udp ? UDP_CHECKSUM_OFFSET : TCP_CHECKSUM_OFFSET);
  // IPv4 may leave it out.
  if (field === 0 && c.protocol === Protocol.udp) return c.isIpv6;
  const tail = Uint8Array.of(length >> 8, length & 0xff, 0, c.protocol);
  const pseudo = onesSum(source!, destination!, tail);
  if (field === pseudo) return false;
  return onesSum(source!, destination!, tail, c.bytes.subarray(c.position, c.position + length)) !== ALL_ONES;
}
