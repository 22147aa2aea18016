import { onesSum } from './checksum.ts';
import { Cursor } from './cursor.ts';
import { parseNetwork } from './parse-network.ts';
import { parseTransport } from './parse-transport.ts';
import { Protocol, TCP_BYTES, UDP_BYTES } from './protocol.ts';

const CHECKSUM_OFFSET: Readonly<Record<number, number>> = { [Protocol.tcp]: 16, [Protocol.udp]: 6 };
const HEADER_BYTES: Readonly<Record<number, number>> = { [Protocol.tcp]: TCP_BYTES, [Protocol.udp]: UDP_BYTES };

/**
 * A frame that a capture cut, in its old length: what is missing is zeros, and the checksum, which nobody can hold against it
 * any more, is that of a packet whose sum the network card would add up.
 */
export function completeFrame(bytes: Uint8Array, frameLength: number): Uint8Array {
  if (frameLength <= bytes.length) return bytes;
  const frame = new Uint8Array(frameLength);
  frame.set(bytes);
  const cursor = new Cursor(frame, frameLength);
  if (parseNetwork(cursor) === undefined) parseTransport(cursor);
  const offset = CHECKSUM_OFFSET[cursor.protocol];
  const { source, destination } = cursor.frame;
  const length = cursor.payloadEnd - cursor.position;
  const isWhole = !cursor.isCut && !cursor.isLaterFragment && length >= (HEADER_BYTES[cursor.protocol] ?? Infinity);
  if (offset === undefined || source === undefined || destination === undefined || !isWhole) return frame;
  const sum = onesSum(source, destination, Uint8Array.of(length >> 8, length & 0xff, 0, cursor.protocol));
  frame[cursor.position + offset] = sum >> 8;
  frame[cursor.position + offset + 1] = sum & 0xff;
  return frame;
}
