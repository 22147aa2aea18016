import type { Endian } from '@scanward/map-codec';

/** The key of an array map: a u32 in the machine's order. */
export function arrayKey(index: number, endian: Endian): Uint8Array {
  const key = new Uint8Array(4);
  new DataView(key.buffer).setUint32(0, index, endian === 'little');
  return key;
}
