/** What can be wrong with a capture. */
export type CaptureErrorCode =
  /** It has no byte. */
  | 'empty'
  /** It does not begin as pcap or pcapng does. */
  | 'magic'
  /** Of the format, or of a section. */
  | 'version'
  /** It ends within a header, a packet or a block. */
  | 'truncated'
  /** One that is not read; named in the message. */
  | 'link-type'
  /** A packet is said to be longer than `PACKET_BYTES_MAX`, or than the block that holds it. */
  | 'packet-length'
  /** A block says no length that can be, or two that are not the same. */
  | 'block-length'
  /** A section says no byte order. */
  | 'byte-order'
  /** A packet's interface was not described, or there are more than `INTERFACES_MAX`. */
  | 'interface'
  /** An option is longer than its block. */
  | 'option'
  /** A time before 1970 or after 2262. */
  | 'time';

/** A capture that cannot be read on. What came before it is right. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
  readonly code: CaptureErrorCode;
  /** The byte of the (unpacked) capture where the thing that is wrong begins. */
  readonly offset: number;

  constructor(code: CaptureErrorCode, offset: number, why: string) {
    super(`${why} (at byte ${offset})`);
    this.code = code;
    this.offset = offset;
  }
}
