import { describe, expect, it } from 'vitest';
import { host, ipv6, policy } from '../test/sample.ts';
import { compilePolicy, type Policy } from './policy.ts';
import { PrefixList } from './prefix-list.ts';
import { sourceOf } from './source-of.ts';

describe('compilePolicy', () => {
  it.each([
    ['windowNs', { windowNs: 1023n }],
    ['windowNs', { windowNs: 1n << 58n }],
    ['blockTtlNs', { blockTtlNs: -1n }],
    ['threshold', { threshold: 1025 }],
    ['threshold', { threshold: 2.5 }],
    ['threshold', { threshold: NaN }],
    ['ipv6Prefix', { ipv6Prefix: 129 }],
    ['on-link', { onlink: Array.from({ length: 17 }, () => ({ address: host(1), bits: 64 })) }],
    ['prefix bits', { onlink: [{ address: host(1), bits: -1 }] }],
  ] as [string, Partial<Policy>][])('names a bad %s', (name, changes) => {
    expect(() => compilePolicy(policy(changes))).toThrow(RangeError);
    expect(() => compilePolicy(policy(changes))).toThrow(name);
  });
});

describe('sourceOf', () => {
  const address = ipv6(0x2001, 0xdb8, 1, 0xff7f, 5, 6, 7, 8);

  it('takes IPv4, link-local and on-link addresses whole', () => {
    const onlink = [{ address: ipv6(0x2001, 0xdb8, 1, 0xff00, 9, 9, 9, 9), bits: 56 }];
    for (const whole of [host(7), ipv6(0xfebf, 1, 2, 3, 4, 5, 6, 7), address]) {
      expect(sourceOf(whole, { ipv6Prefix: 64, onlink })).toEqual({ key: whole, bits: 128 });
    }
  });

  it('takes the prefix of others, at any bit', () => {
    const of = (ipv6Prefix: number) => sourceOf(address, { ipv6Prefix, onlink: [] });
    expect(of(64)).toEqual({ key: ipv6(0x2001, 0xdb8, 1, 0xff7f, 0, 0, 0, 0), bits: 64 });
    expect(of(59).key).toEqual(ipv6(0x2001, 0xdb8, 1, 0xff60, 0, 0, 0, 0));
    expect(of(0).key).toEqual(new Uint8Array(16));
    expect(of(128).key).toEqual(address);
    expect(sourceOf(ipv6(0xfec0, 0, 0, 0, 0, 0, 0, 1), { ipv6Prefix: 64, onlink: [] }).bits).toBe(64);
  });
});

describe('PrefixList', () => {
  it('matches any of its prefixes, and has a limit', () => {
    const list = new PrefixList(2);
    expect(list.has(host(7))).toBe(false);
    expect(list.add({ address: host(0x0107), bits: 120 })).toBe(true);
    expect(list.add({ address: host(7), bits: 128 })).toBe(true);
    expect(list.add({ address: host(8), bits: 128 })).toBe(false);
    expect([7, 8, 0x0101, 0x01ff, 0x0201].map((n) => list.has(host(n)))).toEqual([true, false, true, true, false]);
    list.clear();
    expect(list.has(host(7))).toBe(false);
    list.add({ address: host(7), bits: 0 });
    expect(list.has(ipv6(1, 2, 3, 4, 5, 6, 7, 8))).toBe(true);
  });
});
