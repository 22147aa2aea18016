import { CaptureError, CaptureReader, type CapturedPacket } from '../src/index.ts';

/** What a capture held, and why it could not be read on. */
export interface ReadCapture {
  readonly packets: readonly CapturedPacket[];
  readonly error?: CaptureError;
}

/** Reads a capture in chunks of these sizes, over and over; other errors than `CaptureError` are thrown. */
export function readAll(capture: Uint8Array, chunkSizes: readonly number[] = [65_536]): ReadCapture {
  const reader = new CaptureReader();
  const packets: CapturedPacket[] = [];
  try {
    for (let at = 0, turn = 0; at < capture.length; turn++) {
      const size = chunkSizes[turn % chunkSizes.length]!;
      for (const packet of reader.packets(capture.subarray(at, at + size))) packets.push(packet);
      at += size;
    }
    for (const packet of reader.end()) packets.push(packet);
    return { packets };
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return { packets, error };
  }
}
