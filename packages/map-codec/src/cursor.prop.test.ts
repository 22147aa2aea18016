import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyCodec } from '../test/any-codec.ts';
import { endians, leaves, pick, structNames, validBytes } from '../test/reference.ts';
import { cursor } from './index.ts';

const all = structNames.flatMap((name) => endians.map((endian) => ({ name, endian })));

type AnyRecords = Record<string, (index: number, element?: number) => unknown>;

/** What the getters say of a leaf, by its path in the value. */
function lookUp(records: AnyRecords, index: number, path: readonly (string | number)[]): unknown {
  const [key, second, ...rest] = path as [string, (string | number)?, ...(string | number)[]];
  const found = () => records[key]!(index);
  if (second === undefined) return found();
  if (typeof second === 'string') return lookUp(found() as AnyRecords, 0, [second, ...rest]);
  if (rest.length > 0) return lookUp(found() as AnyRecords, second, rest);
  if (`${key}Offset` in records) return (found() as Uint8Array)[second];
  return records[key]!(index, second);
}

const batches = (name: string): fc.Arbitrary<Uint8Array[]> => fc.array(validBytes(name), { maxLength: 4 });

describe.each(all)('struct $name, $endian endian', ({ name, endian }) => {
  const codec = anyCodec(name, endian);
  const visible = leaves(name)
    .filter(({ hidden }) => !hidden)
    .map((leaf) => ({ ...leaf, path: name === 'addr' ? ['octets', ...leaf.path] : leaf.path }));

  test('the cursor says of each record what decode says', () => {
    fc.assert(
      fc.property(batches(name), (batch) => {
        const records = cursor(codec, Buffer.concat(batch));
        expect(records.length).toBe(batch.length);
        for (const [index, bytes] of batch.entries()) {
          const value = codec.decode(bytes);
          expect(records.decode(index)).toStrictEqual(value);
          const whole = name === 'addr' ? { octets: value } : value;
          for (const { path } of visible) {
            const got = BigInt(lookUp(records as unknown as AnyRecords, index, path) as number | bigint);
            if (got !== pick(whole, path)) throw new Error(`${path.join('.')} of record ${index}`);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  test('the cursor takes exactly the bytes that decode takes', () => {
    const codeOf = (action: () => unknown): unknown => {
      try {
        action();
      } catch (error) {
        return (error as { code?: unknown }).code;
      }
      return 'valid';
    };
    const oneByteSet = fc.nat(codec.size - 1).map((at) => new Uint8Array(codec.size).fill(1, at, at + 1));
    fc.assert(
      fc.property(fc.oneof(oneByteSet, fc.uint8Array({ minLength: 1, maxLength: codec.size })), (bytes) => {
        expect(codeOf(() => cursor(codec, bytes))).toBe(codeOf(() => codec.decode(bytes)));
      }),
    );
  });
});
