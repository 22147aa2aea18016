import { littleEndian } from '../kernel/attr.ts';

// linux/netlink.h: headers of 16 bytes, attributes of a length and a type, all in the host's order and
// rounded up to 4 bytes.

const HEADER = 16;
const NESTED = 0x8000;
const TYPE_MASK = 0x3fff;

export const Flag = { REQUEST: 1, ACK: 4, DUMP_INTERRUPTED: 0x10, DUMP: 0x300 } as const;
export const Type = {
  ERROR: 2,
  DONE: 3,
  NEWLINK: 16,
  GETLINK: 18,
  SETLINK: 19,
  NEWADDR: 20,
  GETADDR: 22,
  NEWROUTE: 24,
  GETROUTE: 26,
} as const;

export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly body: Uint8Array;
}

/** Bytes that are no netlink message. */
export class NetlinkFormatError extends Error {
  override readonly name = 'NetlinkFormatError';
}

const align = (length: number) => (length + 3) & ~3;

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function u16(bytes: Uint8Array, offset = 0): number {
  return viewOf(bytes).getUint16(offset, littleEndian);
}

export function u32(bytes: Uint8Array, offset = 0): number {
  return viewOf(bytes).getUint32(offset, littleEndian);
}

/** Four bytes of a signed number. */
export function i32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setInt32(0, value, littleEndian);
  return bytes;
}

export function encodeMessage(type: number, flags: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + align(part.length), HEADER);
  const bytes = new Uint8Array(length);
  const view = viewOf(bytes);
  view.setUint32(0, length, littleEndian);
  view.setUint16(4, type, littleEndian);
  view.setUint16(6, flags, littleEndian);
  let at = HEADER;
  for (const part of parts) {
    bytes.set(part, at);
    at += align(part.length);
  }
  return bytes;
}

export function encodeAttribute(type: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(align(4 + payload.length));
  const view = viewOf(bytes);
  view.setUint16(0, 4 + payload.length, littleEndian);
  view.setUint16(2, type, littleEndian);
  bytes.set(payload, 4);
  return bytes;
}

export function encodeNested(type: number, ...attributes: readonly Uint8Array[]): Uint8Array {
  return encodeAttribute(type | NESTED, Buffer.concat(attributes));
}

/** The messages of an answer. @throws NetlinkFormatError */
export function* decodeMessages(bytes: Uint8Array): Generator<Message, void, undefined> {
  for (let at = 0; at < bytes.length;) {
    const length = bytes.length - at >= HEADER ? u32(bytes, at) : 0;
    if (length < HEADER || length > bytes.length - at) throw new NetlinkFormatError(`bad message at byte ${at}`);
    yield { type: u16(bytes, at + 4), flags: u16(bytes, at + 6), body: bytes.subarray(at + HEADER, at + length) };
    at += align(length);
  }
}

/** Attributes by their type; of two of one type the last counts, as for the kernel. @throws NetlinkFormatError */
export function decodeAttributes(bytes: Uint8Array): Map<number, Uint8Array> {
  const attributes = new Map<number, Uint8Array>();
  for (let at = 0; at < bytes.length;) {
    const length = bytes.length - at >= 4 ? u16(bytes, at) : 0;
    if (length < 4 || length > bytes.length - at) throw new NetlinkFormatError(`bad attribute at byte ${at}`);
    attributes.set(u16(bytes, at + 2) & TYPE_MASK, bytes.subarray(at + 4, at + length));
    at += align(length);
  }
  return attributes;
}

/** A fixed header, refused when it is cut off. */
export function fixed(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length < length) throw new NetlinkFormatError(`a header of ${length} bytes is cut off`);
  return bytes.subarray(0, length);
}
