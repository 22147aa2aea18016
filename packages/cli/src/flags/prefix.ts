import { contains, formatAddress, formatPrefix, maskAddress, type Prefix } from '@scanward/daemon';
import ipaddr from 'ipaddr.js';
import { BadValue } from './bad-value.ts';
import { parseWholeNumber } from './whole-number.ts';

/**
 * Reads an address as 16 bytes. Strict: IPv4 is four decimal numbers without leading zeros; a zone (`%eth0`) is refused.
 * Returns undefined if it is no address.
 */
export function parseAddress(text: string): Uint8Array | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    return Uint8Array.from(ipaddr.IPv4.parse(text).toIPv4MappedAddress().toByteArray());
  }
  const embedded = /:((?:\d+\.){3}\d+)$/.exec(text)?.[1];
  if (embedded !== undefined && !ipaddr.IPv4.isValidFourPartDecimal(embedded)) return undefined;
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  return Uint8Array.from(ipaddr.IPv6.parse(text).toByteArray());
}

const NOBODY_BLOCKED = 'so nobody could be blocked: if that is meant, say --response log';

/**
 * Reads `ADDRESS` or `ADDRESS/LENGTH`.
 *
 * Bits set after the length are refused, not cleared: `--allow 10.1.2.3/8` is more often a slip than a wish, and it
 * would open the host to sixteen million others.
 *
 * @param everybody what follows from a prefix of all addresses, which is refused
 * @throws BadValue
 */
export function parsePrefix(text: string, everybody = NOBODY_BLOCKED): Prefix {
  const [addressText = '', lengthText, ...more] = text.split('/');
  if (addressText.includes('%')) {
    throw new BadValue(`'${text}' names a zone: leave out '${addressText.slice(addressText.indexOf('%'))}'`);
  }
  const address = more.length === 0 ? parseAddress(addressText) : undefined;
  if (!address) {
    throw new BadValue(
      `'${text}' is not an address: write it as 192.0.2.7, 192.0.2.0/24, 2001:db8::7 or 2001:db8::/32`,
    );
  }
  if (lengthText === undefined) return { address, bits: 128 };
  const shift = addressText.includes(':') ? 0 : 96;
  const bits = parseLength(text, lengthText, 128 - shift) + shift;
  if (coversAll(address, bits)) {
    throw new BadValue(`'${text}' holds every address, ${everybody}`);
  }
  const network = maskAddress(address, bits);
  if (address.some((byte, i) => byte !== network[i])) {
    const wide = formatPrefix(network, bits);
    throw new BadValue(
      `'${text}' has bits set after its length: write ${wide} (the network) or ${formatAddress(address)} (the host)`,
    );
  }
  return { address, bits };
}

function parseLength(text: string, lengthText: string, max: number): number {
  try {
    return parseWholeNumber(lengthText, 0, max);
  } catch {
    throw new BadValue(`'${text}' has a bad prefix length: it must be from 0 to ${max}`);
  }
}

/** All of IPv6, all of IPv4, or an IPv6 prefix that swallows the IPv4-mapped range. */
function coversAll(address: Uint8Array, bits: number): boolean {
  return bits <= 96 && contains({ address, bits }, new Uint8Array(16).fill(0xff, 10, 12));
}
