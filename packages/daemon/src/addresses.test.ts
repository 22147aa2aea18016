import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ip } from '../test/fakes.ts';
import {
  addressKey,
  contains,
  formatAddress,
  formatEndpoint,
  formatPrefix,
  maskAddress,
  prefixMask,
} from './addresses.ts';

const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 });
/** Many zeros, so that runs of them are met. */
const sparse = fc.array(fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 255 })), {
  minLength: 16,
  maxLength: 16,
});
const address = fc.oneof(
  bytes16,
  sparse.map((octets) => Uint8Array.from(octets)),
);

describe('formatAddress', () => {
  it.each([
    ['192.0.2.56', '192.0.2.56'],
    ['0.0.0.0', '0.0.0.0'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::', '::'],
    ['::1', '::1'],
    ['fe80::', 'fe80::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ])('%s is %s', (text, canonical) => {
    expect(formatAddress(ip(text))).toBe(canonical);
  });

  it('is what the URL standard says, for every address that is not IPv4', () => {
    fc.assert(
      fc.property(address, (octets) => {
        fc.pre(!formatAddress(octets).includes('.'));
        const groups = Array.from({ length: 8 }, (_, i) => ((octets[2 * i]! << 8) | octets[2 * i + 1]!).toString(16));
        expect(`[${formatAddress(octets)}]`).toBe(new URL(`http://[${groups.join(':')}]`).hostname);
      }),
    );
  });

  it('reads in place', () => {
    const bytes = new Uint8Array(48).fill(7);
    bytes.set(ip('192.0.2.56'), 9);
    expect(formatAddress(bytes, 9)).toBe('192.0.2.56');
  });
});

it('formats endpoints', () => {
  expect(formatEndpoint('192.0.2.56', 5973)).toBe('192.0.2.56:5973');
  expect(formatEndpoint('2001:db8::1', 443)).toBe('[2001:db8::1]:443');
});

it.each([
  ['2001:db8:bad::1', 64, '2001:db8:bad::/64'],
  ['2001:db8:bad::1', 128, '2001:db8:bad::1'],
  ['192.0.2.56', 128, '192.0.2.56'],
  ['192.0.2.56', 120, '192.0.2.0/24'],
  ['192.0.2.56', 96, '0.0.0.0/0'],
  ['192.0.2.56', 0, '::/0'],
])('the prefix of %s with %i bits is %s', (text, bits, prefix) => {
  expect(formatPrefix(ip(text), bits)).toBe(prefix);
});

describe('prefixes', () => {
  const slow = (octets: Uint8Array, bits: number) =>
    [...octets]
      .map((octet) => octet.toString(2).padStart(8, '0'))
      .join('')
      .slice(0, bits);

  it('contain exactly the addresses with the same first bits', () => {
    fc.assert(
      fc.property(address, address, fc.nat(128), fc.nat(128), (prefix, other, bits, same) => {
        const mixed = maskAddress(other, 128).map((octet, i) => (i < same >> 3 ? prefix[i]! : octet));
        expect(contains({ address: prefix, bits }, mixed)).toBe(slow(prefix, bits) === slow(mixed, bits));
      }),
    );
  });

  it('mask all bits behind them', () => {
    fc.assert(
      fc.property(address, fc.nat(128), (octets, bits) => {
        expect(slow(maskAddress(octets, bits), 128)).toBe(slow(octets, bits).padEnd(128, '0'));
        expect(slow(prefixMask(bits), 128)).toBe('1'.repeat(bits).padEnd(128, '0'));
      }),
    );
  });
});

it('keys are the same for the same address only', () => {
  fc.assert(
    fc.property(address, address, (a, b) => {
      expect(addressKey(a) === addressKey(b)).toBe(a.join() === b.join());
      expect(addressKey(a)).toBe(addressKey(Uint8Array.from(a)));
    }),
  );
});
