import { policyValue, type Prefix } from '@scanward/daemon';
import { codecs } from '@scanward/map-codec';
import { expect, test } from 'vitest';
import { NOW, sourceOf } from '../../test/fake-instance.ts';
import { parsePrefix } from '../flags/prefix.ts';
import { sourceReader } from './seen-source.ts';
import { sourceBits } from './source-bits.ts';

const policy = (onlink: readonly Prefix[] = [], windowMs = 60_000) =>
  policyValue(
    {
      ...{ mode: 'kernel', response: 'block', threshold: 3, windowMs, blockTtlMs: 1, ipv6Prefix: 64 },
      ...{ evidence: 'any', keepEstablished: true, maxNewBlocks: 0 },
    },
    onlink,
    { first: 32_768, last: 60_999 },
  );
const SECOND = 1_000_000_000n;

test.each(['little', 'big'] as const)(
  'touches within the window count, and those after the last block (%s)',
  (endian) => {
    const codec = codecs(endian).source;
    const read = (rules = policy(), of = {}) =>
      sourceReader(endian, rules, NOW.monotonicNs)(codec.encode(sourceOf('192.0.2.1', [5, 4, 3, 2, 1], of)), 0);
    expect(read()).toMatchObject({ ports: [5, 4, 3, 2, 1], over: true, bits: 128 });
    // Two seconds: the touches of one and two seconds ago.
    expect(read(policy([], 2_500))).toMatchObject({ ports: [5, 4], over: false });
    expect(read(policy(), { untilNs: NOW.monotonicNs - 2_500_000_000n })).toMatchObject({ ports: [5, 4], over: false });
    // A block that has not ended yet voids nothing, nor does one for ever.
    expect(read(policy(), { untilNs: NOW.monotonicNs + SECOND })).toMatchObject({ over: true });
    expect(read(policy(), { untilNs: 2n ** 64n - 1n })).toMatchObject({ over: true });
    expect(NOW.monotonicNs - read().seenNs).toBeLessThan(SECOND + 2_048n);
  },
);

test('how much of an address is the source', () => {
  const bits = (text: string, onlink: string[] = []) =>
    sourceBits(parsePrefix(text.replace('/64', '')).address, policy(onlink.map((prefix) => parsePrefix(prefix))));
  expect(bits('192.0.2.1')).toBe(128);
  expect(bits('fe80::1')).toBe(128);
  expect(bits('2001:db8::/64')).toBe(64);
  expect(bits('2001:db8::1')).toBe(128);
  expect(bits('2001:db8::/64', ['2001:db8::/48'])).toBe(128);
  expect(bits('2001:db8:1::/64', ['2001:db8::/48', '2001:db8:2::/49'])).toBe(64);
});
