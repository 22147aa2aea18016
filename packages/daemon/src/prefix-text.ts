import { formatPrefix } from './addresses.ts';
import type { Prefix } from './ports.ts';

/** Reads what `formatPrefix` writes, and no other notation of it. Undefined: it is not that. */
export function parsePrefix(text: string): Prefix | undefined {
  const [address = '', length] = text.split('/');
  const isIpv4 = !address.includes(':');
  const bytes = isIpv4 ? ipv4Bytes(address) : ipv6Bytes(address);
  const bits = length === undefined ? 128 : Number(length) + (isIpv4 ? 96 : 0);
  if (!bytes || !Number.isInteger(bits) || bits < 0 || bits > 128) return undefined;
  return formatPrefix(bytes, bits) === text ? { address: bytes, bits } : undefined;
}

/** Loose, like the next one: what is wrong with the text shows when the bytes are written as text again. */
function ipv4Bytes(text: string): Uint8Array | undefined {
  const octets = text.split('.').map(Number);
  return octets.length === 4 ? Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...octets) : undefined;
}

function ipv6Bytes(text: string): Uint8Array | undefined {
  const [head = [], tail] = text.split('::').map((part) => part.split(':').filter(Boolean));
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (missing < 0 || (tail === undefined && missing > 0)) return undefined;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...(tail ?? [])].map((group) => parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}
