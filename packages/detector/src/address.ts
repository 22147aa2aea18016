/** Addresses are 16 bytes in network order; IPv4 is IPv4-mapped (`::ffff:a.b.c.d`). */
export const ADDRESS_BYTES = 16;

/** An address of 16 bytes, and how many of its bits count: an IPv4 /24 has 120. */
export interface Prefix {
  readonly address: Uint8Array;
  readonly bits: number;
}

export function addressEquals(a: Uint8Array, aOffset: number, b: Uint8Array, bOffset: number): boolean {
  for (let i = 0; i < ADDRESS_BYTES; i++) if (a[aOffset + i] !== b[bOffset + i]) return false;
  return true;
}

export function isZero(bytes: Uint8Array, offset: number): boolean {
  for (let i = 0; i < ADDRESS_BYTES; i++) if (bytes[offset + i] !== 0) return false;
  return true;
}

export function copyAddress(from: Uint8Array, fromOffset: number, to: Uint8Array, toOffset: number): void {
  for (let i = 0; i < ADDRESS_BYTES; i++) to[toOffset + i] = from[fromOffset + i]!;
}

export function isMapped(bytes: Uint8Array, offset: number): boolean {
  for (let i = 0; i < 10; i++) if (bytes[offset + i] !== 0) return false;
  return bytes[offset + 10] === 0xff && bytes[offset + 11] === 0xff;
}

/** `::` or `0.0.0.0`: who has no address yet sends from it. Nobody's scan, nobody's block. */
export function isUnspecified(bytes: Uint8Array, offset: number): boolean {
  for (let i = 12; i < ADDRESS_BYTES; i++) if (bytes[offset + i] !== 0) return false;
  return isZero(bytes, offset) || isMapped(bytes, offset);
}

/** fe80::/10. */
export function isLinkLocal(bytes: Uint8Array, offset: number): boolean {
  return bytes[offset] === 0xfe && (bytes[offset + 1]! & 0xc0) === 0x80;
}

/** The mask of so many leading bits. */
export function maskOf(bits: number): Uint8Array {
  return Uint8Array.from(
    { length: ADDRESS_BYTES },
    (_, i) => (0xff00 >> Math.min(8, Math.max(0, bits - 8 * i))) & 0xff,
  );
}

/** Text for messages and map keys: 32 hexadecimal digits. */
export function hexOf(bytes: Uint8Array, offset = 0): string {
  let text = '';
  for (let i = 0; i < ADDRESS_BYTES; i++) text += bytes[offset + i]!.toString(16).padStart(2, '0');
  return text;
}
