// What gcc makes of bpf/types.h (test/golden.c) against what this package makes of it.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { anyCodec } from '../test/any-codec.ts';
import { endians, hex, structNames } from '../test/reference.ts';

interface Case {
  readonly struct: string;
  readonly fill: string;
  readonly fields: Record<string, string>;
  readonly little: string;
  readonly big: string;
}

const file = new URL('../test/golden.generated.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] };

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `{ slots: [{ overNs: 1n }] }` -> `{ 'slots[0].over_ns': '1' }`, the way golden.c prints it. */
function flatten(value: unknown, path = ''): [string, string][] {
  if (value instanceof Uint8Array) return [[path, hex(value)]];
  if (Array.isArray(value)) return value.flatMap((element, index) => flatten(element, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) =>
    flatten(inner, path === '' ? snake(key) : `${path}.${snake(key)}`),
  );
}

test('golden.c covers every struct with every fill', () => {
  const covered = cases.map(({ struct, fill }) => `${struct} ${fill}`).sort();
  const expected = structNames
    .flatMap((name) => ['distinct', 'zero', 'largest'].map((fill) => `${name} ${fill}`))
    .sort();
  expect(covered).toEqual(expected);
});

describe.each(endians)('%s endian', (endian) => {
  test.each(cases)('$struct, $fill: decodes what C stored', ({ struct, fields, ...known }) => {
    const value = anyCodec(struct, endian).decode(Buffer.from(known[endian], 'hex'));
    expect(Object.fromEntries(flatten(value))).toEqual(fields);
  });

  test.each(cases)('$struct, $fill: encodes what C stores', ({ struct, ...known }) => {
    const codec = anyCodec(struct, endian);
    const value = codec.decode(Buffer.from(known[endian], 'hex'));
    expect(hex(codec.encode(value))).toBe(known[endian]);
  });
});
