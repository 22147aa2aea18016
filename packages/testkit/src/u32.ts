import { endianness } from 'node:os';

/** A number as the maps of this machine want it. */
export function u32(value: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setUint32(0, value, endianness() === 'LE');
  return new Uint8Array(bytes.buffer);
}
