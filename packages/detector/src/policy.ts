import { maskOf, type Prefix } from './address.ts';
import { assertInteger } from './assert.ts';
import { ONLINK_MAX, THRESHOLD_MAX, TICK_NS, TIME_NS_MAX } from './limits.ts';
import { PrefixList } from './prefix-list.ts';

/** What decides. */
export interface Policy {
  /** The sliding window; at least one tick (1,024 ns). */
  readonly windowNs: bigint;
  /** How long a block lasts; 0n: for ever. */
  readonly blockTtlNs: bigint;
  /** A source is a scanner when it touched more than this many distinct ports: 0 to 1,024 (31 in kernel mode). */
  readonly threshold: number;
  /** `log`: nobody is blocked. */
  readonly response: 'block' | 'log';
  /** Bits of an IPv6 source that is neither on-link nor link-local. */
  readonly ipv6Prefix: number;
  /** IPv6 prefixes whose hosts are taken whole; at most 16. */
  readonly onlink: readonly Prefix[];
}

/** A policy, checked, in the form that packets are held against. Spans are ticks and the nanoseconds over them. */
export interface Rules {
  readonly windowTicks: number;
  readonly threshold: number;
  /** Whether `singles` serves: not for threshold 0, and only for windows from 2^28 ns (0.27 s) to 2^42 ns (73 min). */
  readonly hasSingles: boolean;
  /** Until when a crossing needs no second report: this much after it. Infinity: for ever. */
  readonly quietTicks: number;
  readonly quietSub: number;
  readonly ipv6Bits: number;
  readonly ipv6Mask: Uint8Array;
  readonly onlink: PrefixList;
}

/** Ticks of a time or a span in nanoseconds. */
export function ticksOf(ns: bigint): number {
  return Number(ns / BigInt(TICK_NS));
}

/** The nanoseconds of a time that its ticks leave over. */
export function subOf(ns: bigint): number {
  return Number(ns % BigInt(TICK_NS));
}

const SINGLES_WINDOW_MIN_NS = 1n << 28n;
const SINGLES_WINDOW_MAX_NS = 1n << 42n;

function assertSpan(name: string, ns: bigint, min: bigint): void {
  if (ns < min || ns >= TIME_NS_MAX)
    throw new RangeError(`${name} must be from ${String(min)} to 2^58 - 1, not ${String(ns)}`);
}

/** Checks a policy. Throws a `RangeError` that names what is out of bounds. */
export function compilePolicy(policy: Policy): Rules {
  assertSpan('windowNs', policy.windowNs, BigInt(TICK_NS));
  assertSpan('blockTtlNs', policy.blockTtlNs, 0n);
  assertInteger('threshold', policy.threshold, 0, THRESHOLD_MAX);
  assertInteger('ipv6Prefix', policy.ipv6Prefix, 0, 128);
  assertInteger('number of on-link prefixes', policy.onlink.length, 0, ONLINK_MAX);
  const onlink = new PrefixList(ONLINK_MAX);
  for (const prefix of policy.onlink) onlink.add(prefix);
  const quiet = policy.response === 'block' ? policy.blockTtlNs : policy.windowNs;
  return {
    windowTicks: ticksOf(policy.windowNs),
    threshold: policy.threshold,
    hasSingles:
      policy.threshold > 0 && policy.windowNs >= SINGLES_WINDOW_MIN_NS && policy.windowNs <= SINGLES_WINDOW_MAX_NS,
    quietTicks: quiet === 0n ? Infinity : ticksOf(quiet),
    quietSub: subOf(quiet),
    ipv6Bits: policy.ipv6Prefix,
    ipv6Mask: maskOf(policy.ipv6Prefix),
    onlink,
  };
}
