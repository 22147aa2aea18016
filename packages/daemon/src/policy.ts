import { Evidence, Mode, ONLINK_MAX, Response } from '@scanward/map-codec';
import type { Policy } from '@scanward/map-codec';
import { maskAddress, prefixMask } from './addresses.ts';
import type { PortRange, Prefix } from './ports.ts';

/** More than so many, at least 1, within so many seconds. */
export interface WindowLimit {
  readonly windowS: number;
  readonly limit: number;
}

/** All knobs that decide, in the units of the command line. */
export interface PolicyOptions {
  readonly mode: 'kernel' | 'user';
  readonly response: 'block' | 'log';
  /** A source is a scanner when it touched more than this many distinct ports within the window. */
  readonly threshold: number;
  readonly windowMs: number;
  /** Windows that are longer, each with its own limit: a source over one is a slow scanner. Default none. */
  readonly windowLimits?: readonly WindowLimit[];
  /** Own and protected addresses: a source that touches more scans horizontally. At most 255; default none. */
  readonly addressLimit?: WindowLimit | undefined;
  /** Closed ports: sources that touch more together scan in company. Default none. */
  readonly distributedLimit?: WindowLimit | undefined;
  /** Networks behind this host: their addresses count as its own. Default none. */
  readonly protect?: readonly Prefix[];
  /** 0: for ever. */
  readonly blockTtlMs: number;
  /** How long a source is blocked that may have been forged; default 30,000. */
  readonly probationMs?: number;
  /** Bits of an IPv6 source that is not on-link. */
  readonly ipv6Prefix: number;
  /** `any`: every port counts. `closed`: of this host's only those that nobody listens on. */
  readonly evidence: 'any' | 'closed';
  /** Whether what a blocked source sends to an established TCP socket passes. */
  readonly keepEstablished: boolean;
  /** New blocks of scans that the program makes within a minute, at most, and the daemon as many; 0: no cap. */
  readonly maxNewBlocks: number;
}

/** Milliseconds, which may have fractions, as nanoseconds. */
export function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1e6));
}

/** The first on-link prefixes, as many as the program has room for, masked. */
export function onlinkPrefixes(onlink: readonly Prefix[]): Prefix[] {
  return onlink.slice(0, ONLINK_MAX).map(({ address, bits }) => ({ address: maskAddress(address, bits), bits }));
}

/** The part of the policy that the detector of user mode follows. */
export interface DetectionPolicy {
  readonly windowNs: bigint;
  /** 0: for ever. */
  readonly blockTtlNs: bigint;
  readonly threshold: number;
  readonly response: 'block' | 'log';
  readonly ipv6Prefix: number;
  readonly onlink: readonly Prefix[];
}

/** The policy as the detector of user mode takes it. */
export function detectorPolicy(options: PolicyOptions, onlink: readonly Prefix[]): DetectionPolicy {
  return {
    windowNs: nanoseconds(options.windowMs),
    blockTtlNs: nanoseconds(options.blockTtlMs),
    threshold: options.threshold,
    response: options.response,
    ipv6Prefix: options.ipv6Prefix,
    onlink: onlinkPrefixes(onlink),
  };
}

/** `struct policy`. */
export function policyValue(options: PolicyOptions, onlink: readonly Prefix[], ephemeral: PortRange): Policy {
  const near = onlinkPrefixes(onlink);
  const none = { address: new Uint8Array(16), mask: new Uint8Array(16) };
  return {
    windowNs: nanoseconds(options.windowMs),
    blockTtlNs: nanoseconds(options.blockTtlMs),
    threshold: options.threshold,
    mode: options.mode === 'kernel' ? Mode.KERNEL : Mode.USER,
    response: options.response === 'block' ? Response.BLOCK : Response.LOG,
    ipv6Prefix: options.ipv6Prefix,
    onlinkCount: near.length,
    blocksPerMinute: options.maxNewBlocks,
    ephemeralFirst: ephemeral.first,
    ephemeralLast: ephemeral.last,
    evidence: options.evidence === 'closed' ? Evidence.CLOSED : Evidence.ANY,
    keepEstablished: options.keepEstablished ? 1 : 0,
    ipv6Mask: prefixMask(options.ipv6Prefix),
    onlink: Array.from({ length: ONLINK_MAX }, (_, i) => {
      const prefix = near[i];
      return prefix ? { address: prefix.address, mask: prefixMask(prefix.bits) } : none;
    }),
  };
}
