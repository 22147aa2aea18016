// The slow and obvious codec that the real one is tested against: byte by byte, leaf by leaf.
import fc from 'fast-check';
import { camel, layouts } from '../src/layout.ts';
import type { Endian, StructLayout, StructName } from '../src/index.ts';

/** A single number of a struct. */
export interface Leaf {
  readonly path: readonly (string | number)[];
  readonly offset: number;
  readonly size: number;
  readonly network: boolean;
  readonly hidden: boolean;
}

const SIZES: Record<string, number> = { u8: 1, u16: 2, be16: 2, u32: 4, be32: 4, u64: 8 };

export const structNames = layouts().map(({ name }) => name as StructName);

export function layoutNamed(name: string): StructLayout {
  const layout = layouts().find((candidate) => candidate.name === name);
  if (layout === undefined) throw new Error(`no struct ${name}`);
  return layout;
}

/** Every number of a struct with its place. */
export function leaves(name: string): Leaf[] {
  if (name === 'addr') return octets([], 0);
  return layoutNamed(name).fields.flatMap((field): Leaf[] => {
    const hidden = field.name === 'pad' || field.name === 'lock';
    if (hidden) {
      return octets([camel(field.name)], field.offset, field.size).map((leaf) => ({ ...leaf, hidden }));
    }
    const elements = field.count ?? 1;
    const size = field.size / elements;
    return Array.from({ length: elements }, (_, index) => index).flatMap((index): Leaf[] => {
      const path = field.count === undefined ? [camel(field.name)] : [camel(field.name), index];
      const offset = field.offset + index * size;
      if (field.type.startsWith('struct ')) {
        return leaves(field.type.slice(7)).map((leaf) => ({
          ...leaf,
          path: [...path, ...leaf.path],
          offset: offset + leaf.offset,
        }));
      }
      if (SIZES[field.type] !== size) throw new Error(`${name}.${field.name} is no ${field.type}`);
      return [{ path, offset, size, network: field.type.startsWith('be'), hidden }];
    });
  });
}

function octets(path: readonly (string | number)[], offset: number, count = 16): Leaf[] {
  return Array.from({ length: count }, (_, index) => ({
    path: [...path, index],
    offset: offset + index,
    size: 1,
    network: false,
    hidden: false,
  }));
}

/** The number of a value that a leaf means. */
export function pick(value: unknown, path: readonly (string | number)[]): bigint {
  const found = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);
  return BigInt(found as number | bigint);
}

/** Where the byte of that weight (0: the ones) of a leaf is. */
function byteAt(leaf: Leaf, endian: Endian, weight: number): number {
  const big = leaf.network || endian === 'big';
  return leaf.offset + (big ? leaf.size - 1 - weight : weight);
}

export function referenceEncode(name: string, value: unknown, endian: Endian): Uint8Array {
  const bytes = new Uint8Array(layoutNamed(name).size);
  for (const leaf of leaves(name).filter(({ hidden }) => !hidden)) {
    const number = pick(value, leaf.path);
    for (let weight = 0; weight < leaf.size; weight++) {
      bytes[byteAt(leaf, endian, weight)] = Number((number >> BigInt(8 * weight)) & 0xffn);
    }
  }
  return bytes;
}

export function referenceNumber(leaf: Leaf, bytes: Uint8Array, endian: Endian): bigint {
  let number = 0n;
  for (let weight = 0; weight < leaf.size; weight++) {
    number += BigInt(bytes[byteAt(leaf, endian, weight)]!) << BigInt(8 * weight);
  }
  return number;
}

export const endians = ['little', 'big'] as const;

const bytes = (count: number) => fc.uint8Array({ minLength: count, maxLength: count });

/** Any bytes that are a struct: anything but for the padding. */
export function validBytes(name: string): fc.Arbitrary<Uint8Array> {
  const hidden = leaves(name).filter((leaf) => leaf.hidden);
  return bytes(layoutNamed(name).size).map((random) => {
    for (const { offset, size } of hidden) random.fill(0, offset, offset + size);
    return random;
  });
}

function element(type: string): fc.Arbitrary<unknown> {
  if (type.startsWith('struct ')) return anyValue(type.slice(7));
  if (type === 'u64') return fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.constantFrom(0n, 2n ** 53n, 2n ** 64n - 1n));
  return fc.oneof(fc.integer({ min: 0, max: 2 ** (8 * SIZES[type]!) - 1 }), fc.constant(2 ** (8 * SIZES[type]!) - 1));
}

/** Any value of a struct. */
export function anyValue(name: string): fc.Arbitrary<unknown> {
  if (name === 'addr') return bytes(16);
  const fields = layoutNamed(name).fields.filter((field) => field.name !== 'pad' && field.name !== 'lock');
  return fc.record(
    Object.fromEntries(
      fields.map((field) => {
        if (field.count === undefined) return [camel(field.name), element(field.type)];
        if (field.type === 'u8') return [camel(field.name), bytes(field.count)];
        const { count } = field;
        return [camel(field.name), fc.array(element(field.type), { minLength: count, maxLength: count })];
      }),
    ),
    { noNullPrototype: true },
  );
}

/** Bytes as text, which is compared much faster than typed arrays are. */
export const hex = (of: Uint8Array): string => Buffer.from(of.buffer, of.byteOffset, of.length).toString('hex');
