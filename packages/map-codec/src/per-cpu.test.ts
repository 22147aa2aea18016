import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyCodec } from '../test/any-codec.ts';
import { anyValue, endians, structNames } from '../test/reference.ts';
import { codecs, perCpu } from './index.ts';

const { allow, tally } = codecs('big');

test('one value a CPU, each at a multiple of eight', () => {
  const codec = perCpu(allow, 3);
  expect([codec.size, codec.stride, codec.cpus]).toEqual([24, 8, 3]);
  const bytes = codec.encode([{ reason: 1 }, { reason: 2 }, { reason: 3 }]);
  expect([...bytes]).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0]);
  expect(codec.decode(bytes)).toEqual([{ reason: 1 }, { reason: 2 }, { reason: 3 }]);
});

test.each([0, -1, 1.5, NaN])('%d is no number of CPUs', (cpus) => {
  expect(() => perCpu(tally, cpus)).toThrow(expect.objectContaining({ code: 'RANGE', path: 'cpus' }));
});

test('what is between the values must be zero', () => {
  const bytes = new Uint8Array(16);
  bytes[12] = 1;
  expect(() => perCpu(allow, 2).decode(bytes)).toThrow(expect.objectContaining({ code: 'PADDING', path: 'allow[1]' }));
});

test('another number of values, and a wrong value', () => {
  const two = perCpu(tally, 2);
  const none = { packets: 0n, bytes: 0n };
  expect(() => two.encode([none])).toThrow(expect.objectContaining({ code: 'COUNT', path: 'tally' }));
  expect(() => two.encode([none, { ...none, bytes: -1n }])).toThrow(
    expect.objectContaining({ code: 'RANGE', path: 'tally[1].bytes' }),
  );
});

test.each(structNames.flatMap((name) => endians.map((endian) => ({ name, endian }))))(
  'struct $name, $endian endian: decode(encode(x)) = x; another length is a CodecError',
  ({ name, endian }) => {
    const codec = anyCodec(name, endian);
    const values = fc.array(anyValue(name), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(values, fc.integer({ min: -7, max: 7 }), (some, more) => {
        const all = perCpu(codec, some.length);
        const bytes = all.encode(some);
        expect(bytes.length % 8).toBe(0);
        expect(all.decode(bytes)).toStrictEqual(some);
        const wrong = new Uint8Array(Math.max(0, bytes.length + (more || 8)));
        expect(() => all.decode(wrong)).toThrow(expect.objectContaining({ code: 'LENGTH' }));
      }),
      { numRuns: 10 },
    );
  },
);
