/** Addresses as text. Everything here is on the path of each connection: no regular expressions, no copies. */

/** Whether the 16 bytes at `offset` are an IPv4-mapped IPv6 address (`::ffff:a.b.c.d`). */
export function isIpv4(bytes: Uint8Array, offset = 0): boolean {
  if (bytes[offset + 10] !== 0xff || bytes[offset + 11] !== 0xff) return false;
  for (let i = offset; i < offset + 10; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** The 16 bytes at `offset`: dotted for IPv4, else canonical (RFC 5952). */
export function formatAddress(bytes: Uint8Array, offset = 0): string {
  if (isIpv4(bytes, offset)) {
    return `${bytes[offset + 12]!}.${bytes[offset + 13]!}.${bytes[offset + 14]!}.${bytes[offset + 15]!}`;
  }
  return formatIpv6(bytes, offset);
}

function formatIpv6(bytes: Uint8Array, offset: number): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((bytes[offset + i]! << 8) | bytes[offset + i + 1]!);
  const { start, length } = longestZeros(groups);
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** The first of the longest runs of zero groups. */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  const best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === 0) continue;
    if (i - start > best.length) Object.assign(best, { start, length: i - start });
    start = i + 1;
  }
  return best;
}

/** `192.0.2.56:5973`, `[2001:db8::1]:443`. */
export function formatEndpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** An address, or `2001:db8:bad::/64` when `bits` (of the 128) are fewer than all; an IPv4 /24 has 120. */
export function formatPrefix(address: Uint8Array, bits: number): string {
  const text = formatAddress(maskAddress(address, bits));
  if (bits === 128) return text;
  // Fewer than 96 bits cannot say that it is IPv4, so such a prefix is printed as the IPv6 prefix that it is.
  return `${text}/${text.includes(':') ? bits : bits - 96}`;
}

/** A copy of the 16 bytes with all but the first `bits` cleared. */
export function maskAddress(address: Uint8Array, bits: number): Uint8Array {
  const masked = new Uint8Array(16);
  const mask = prefixMask(bits);
  for (let i = 0; i < 16; i++) masked[i] = address[i]! & mask[i]!;
  return masked;
}

/** `bits` as 16 bytes. */
export function prefixMask(bits: number): Uint8Array {
  const mask = new Uint8Array(16);
  for (let i = 0; i < 16; i++) mask[i] = 0xff00 >> Math.min(8, Math.max(0, bits - 8 * i));
  return mask;
}

/** Whether `address` lies in the prefix. */
export function contains(prefix: { address: Uint8Array; bits: number }, address: Uint8Array, offset = 0): boolean {
  const whole = prefix.bits >> 3;
  for (let i = 0; i < whole; i++) if (prefix.address[i] !== address[offset + i]) return false;
  const rest = prefix.bits & 7;
  return rest === 0 || (prefix.address[whole]! ^ address[offset + whole]!) >> (8 - rest) === 0;
}

/** A key for collections: the same for the same 16 bytes, and nothing else. */
export function addressKey(bytes: Uint8Array, offset = 0): string {
  let key = '';
  for (let i = offset; i < offset + 16; i += 2) key += String.fromCharCode((bytes[i]! << 8) | bytes[i + 1]!);
  return key;
}

/** The 16 bytes that a key of `addressKey`, or one that begins with it, was made of. */
export function keyAddress(key: string): Uint8Array {
  const bytes = new Uint8Array(16);
  for (let i = 0; i < 8; i++) {
    const unit = key.charCodeAt(i);
    bytes[2 * i] = unit >> 8;
    bytes[2 * i + 1] = unit & 0xff;
  }
  return bytes;
}
