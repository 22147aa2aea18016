import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { patienceMs, runs } from '../test/scale.ts';
import { slowSum } from '../test/slow-program.ts';
import { hashToSet, KeyedHash } from './keyed-hash.ts';

vi.setConfig({ testTimeout: patienceMs });

const word = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(0n, 2n ** 64n - 1n, 2n ** 32n - 1n));
const octet = fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 255));

describe('KeyedHash', () => {
  it('is the multilinear hash in 64 bits: the upper half, and the 24 bits below it', () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom(4, 10)
          .chain((words) =>
            fc.tuple(
              fc.array(word, { minLength: words + 1, maxLength: words + 1 }),
              fc.array(octet, { minLength: 4 * words, maxLength: 4 * words }),
            ),
          ),
        ([keys, octets]) => {
          const bytes = Uint8Array.from([7, ...octets]);
          const hash = new KeyedHash(keys);
          const sum = slowSum(keys, Uint8Array.from(octets));
          expect(hash.hash(bytes, 1)).toBe(Number(sum >> 32n));
          expect(hash.tag).toBe(Number((sum >> 8n) & 0xffffffn));
        },
      ),
      runs(5000),
    );
  });

  it('chooses a set as a fraction of all', () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffffffff }), fc.integer({ min: 1, max: 2 ** 21 }), (hash, sets) => {
        expect(hashToSet(hash, sets)).toBe(Number((BigInt(hash) * BigInt(sets)) >> 32n));
      }),
      runs(2000),
    );
  });
});
