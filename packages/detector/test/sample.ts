/** Addresses, keys and policies for tests. */
import type { Policy } from '../src/index.ts';

/** Any fixed keys: what they are must not matter. */
export const SECRET = Array.from({ length: 29 }, (_, i) => BigInt.asUintN(64, 0x9e3779b97f4a7c15n * BigInt(i + 1)));
export const SOURCE_SECRET = SECRET.slice(0, 5);

export const SECOND_NS = 1_000_000_000n;

/** 192.0.2.n as 16 bytes. */
export function host(n: number): Uint8Array {
  return Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, n >> 8, n & 0xff);
}

/** An IPv6 address of eight groups. */
export function ipv6(...groups: number[]): Uint8Array {
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

export const VICTIM = host(999);

export function policy(changes: Partial<Policy> = {}): Policy {
  return {
    windowNs: 60n * SECOND_NS,
    blockTtlNs: 3600n * SECOND_NS,
    threshold: 3,
    response: 'block',
    ipv6Prefix: 64,
    onlink: [],
    ...changes,
  };
}
