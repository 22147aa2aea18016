/** Writes `value` as `width` bytes in network order; what does not fit is cut off. */
export function put(bytes: Uint8Array, offset: number, width: 1 | 2 | 4, value: number): void {
  for (let i = 0; i < width; i++) bytes[offset + i] = Math.floor(value / 256 ** (width - 1 - i)) % 256;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** The bytes, filled up with zeros to a multiple of `unit`. */
export function padded(bytes: Uint8Array, unit: number): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / unit) * unit);
  whole.set(bytes);
  return whole;
}
