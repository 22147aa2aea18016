/** The one's complement sum of 16-bit words; a last odd byte is the upper one of its word. */
export function onesSum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) sum += part[i]! * 256 + (part[i + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}

/** The Internet checksum (RFC 1071): the complement of that sum. */
export function checksum(...parts: readonly Uint8Array[]): number {
  return ~onesSum(...parts) & 0xffff;
}
