/** Addresses are 16 bytes in network order; IPv4 is IPv4-mapped (`::ffff:a.b.c.d`). */

/** Whether 16 bytes are an IPv4-mapped address. */
export function isIpv4Mapped(address: Uint8Array): boolean {
  for (let i = 0; i < 10; i++) if (address[i] !== 0) return false;
  return address[10] === 0xff && address[11] === 0xff;
}

/** The 16 bytes of an IPv4 address that stands as 4 bytes at `offset`. */
export function mapIpv4(bytes: Uint8Array, offset: number): Uint8Array {
  const address = new Uint8Array(16);
  address.fill(0xff, 10, 12);
  address.set(bytes.subarray(offset, offset + 4), 12);
  return address;
}

function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').map((group) => {
    if (!/^[0-9a-f]{1,4}$/i.test(group)) throw new RangeError(`not an address group: "${group}"`);
    return parseInt(group, 16);
  });
}

function parseIpv6(text: string): Uint8Array {
  const halves = text.split('::');
  const head = groups(halves[0]!);
  const tail = groups(halves[1] ?? '');
  const gap = 8 - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 1 ? gap !== 0 : gap < 1))
    throw new RangeError(`not an address: "${text}"`);
  const words = [...head, ...new Array<number>(gap).fill(0), ...tail];
  return Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}

function parseIpv4(text: string): Uint8Array {
  const octets = text.split('.').map((octet) => (/^\d{1,3}$/.test(octet) ? Number(octet) : 256));
  if (octets.length !== 4 || octets.some((octet) => octet > 255)) throw new RangeError(`not an address: "${text}"`);
  return mapIpv4(Uint8Array.from(octets), 0);
}

/** `192.0.2.1` or `2001:db8::1` as 16 bytes. Throws a `RangeError` on anything else (no mixed notation, no zone). */
export function parseAddress(text: string): Uint8Array {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}
