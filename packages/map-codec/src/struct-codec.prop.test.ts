import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyCodec } from '../test/any-codec.ts';
import {
  anyValue,
  endians,
  hex,
  layoutNamed,
  leaves,
  pick,
  referenceEncode,
  referenceNumber,
  structNames,
  validBytes,
} from '../test/reference.ts';
import { CodecError } from './index.ts';

const all = structNames.flatMap((name) => endians.map((endian) => ({ name, endian })));

describe.each(all)('struct $name, $endian endian', ({ name, endian }) => {
  const codec = anyCodec(name, endian);

  test('decode(encode(x)) = x', () => {
    fc.assert(
      fc.property(anyValue(name), (value) => {
        expect(codec.decode(codec.encode(value))).toStrictEqual(value);
      }),
    );
  });

  test('encode(decode(b)) = b for all valid bytes', () => {
    fc.assert(
      fc.property(validBytes(name), (bytes) => {
        expect(hex(codec.encode(codec.decode(bytes)))).toBe(hex(bytes));
      }),
    );
  });

  test('encode does what the reference does', () => {
    fc.assert(
      fc.property(anyValue(name), (value) => {
        expect(hex(codec.encode(value))).toBe(hex(referenceEncode(name, value, endian)));
      }),
    );
  });

  test('decode does what the reference does', () => {
    const visible = leaves(name).filter(({ hidden }) => !hidden);
    fc.assert(
      fc.property(validBytes(name), (bytes) => {
        const value = codec.decode(bytes);
        for (const leaf of visible) {
          if (pick(value, leaf.path) !== referenceNumber(leaf, bytes, endian)) throw new Error(leaf.path.join('.'));
        }
      }),
    );
  });

  test('an offset means the bytes from there', () => {
    fc.assert(
      fc.property(validBytes(name), fc.nat(64), fc.nat(64), (bytes, before, after) => {
        const wide = new Uint8Array(before + bytes.length + after).fill(0xaa);
        wide.set(bytes, before);
        const value = codec.decode(wide, before);
        expect(value).toStrictEqual(codec.decode(bytes));
        const into = new Uint8Array(wide.length).fill(0xaa);
        expect(codec.encode(value, into, before)).toBe(into);
        expect(hex(into)).toBe(hex(wide));
      }),
    );
  });

  test('a wrong length is a CodecError, always', () => {
    const lengths = fc.nat(2 * codec.size).filter((length) => length !== codec.size);
    fc.assert(
      fc.property(lengths, (length) => {
        expect(() => codec.decode(new Uint8Array(length))).toThrow(expect.objectContaining({ code: 'LENGTH' }));
      }),
    );
  });

  test('any bytes decode or are a CodecError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: codec.size, maxLength: codec.size }), (bytes) => {
        try {
          codec.decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
        }
      }),
    );
  });
});

const padded = all.filter(({ name }) => leaves(name).some(({ hidden }) => hidden));

test('the structs with padding are those that types.h has', () => {
  const names = [...new Set(padded.map(({ name }) => name))].sort();
  expect(names).toEqual(['block_line', 'blocklist', 'connection', 'line', 'policy', 'scan', 'source_set']);
});

test.each(padded)(
  'struct $name, $endian endian: padding that is not zero is a CodecError, always',
  ({ name, endian }) => {
    const hidden = leaves(name).filter((leaf) => leaf.hidden);
    const places = hidden.flatMap(({ offset, size }) => Array.from({ length: size }, (_, index) => offset + index));
    fc.assert(
      fc.property(validBytes(name), fc.constantFrom(...places), fc.integer({ min: 1, max: 255 }), (bytes, at, byte) => {
        bytes[at] = byte;
        expect(() => anyCodec(name, endian).decode(bytes)).toThrow(expect.objectContaining({ code: 'PADDING' }));
      }),
    );
  },
);

test.each(structNames)('struct %s: the two orders are swaps of each number but those in network order', (name) => {
  const swapped = leaves(name);
  fc.assert(
    fc.property(anyValue(name), (value) => {
      const little = anyCodec(name, 'little').encode(value);
      const big = anyCodec(name, 'big').encode(value);
      for (const { offset, size, network } of swapped) {
        const number = little.slice(offset, offset + size);
        expect(hex(big.slice(offset, offset + size))).toBe(hex(network ? number : number.reverse()));
      }
    }),
    { numRuns: 20 },
  );
});

test('layouts are as large as their leaves', () => {
  for (const name of structNames) {
    expect(leaves(name).reduce((sum, { size }) => sum + size, 0)).toBe(layoutNamed(name).size);
  }
});
