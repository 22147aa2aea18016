import { Cursor } from './cursor.ts';
import { parseNetwork } from './parse-network.ts';
import { parseTransport } from './parse-transport.ts';
import type { ParsedFrame } from './parsed.ts';

/**
 * The reference parser: reads an Ethernet frame exactly as the XDP program does.
 *
 * @param bytes what can be read: the frame, or the linear part of one that has more
 * @param frameLength bytes of the whole frame; default: `bytes.length`
 * @throws RangeError when the frame is said to be shorter than its bytes. Any bytes are a frame.
 */
export function parseFrame(bytes: Uint8Array, frameLength: number = bytes.length): ParsedFrame {
  if (!(frameLength >= bytes.length))
    throw new RangeError(`a frame of ${frameLength} bytes has no ${bytes.length} to read`);
  const cursor = new Cursor(bytes, frameLength);
  cursor.frame.class = parseNetwork(cursor) ?? parseTransport(cursor);
  return cursor.frame;
}
