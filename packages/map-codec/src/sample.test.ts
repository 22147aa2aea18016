// bpftool prints each value twice: as bytes, and as the kernel's BTF reads them. Both must agree with the codec.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codecs } from './index.ts';

type Hex = readonly string[];
type Formatted = Record<string, unknown>;

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../test/sample/${name}.dump`, import.meta.url), 'utf8'));
const bytes = (hex: Hex): Uint8Array => Uint8Array.from(hex, Number);

const { addr, block, blockLine, counters, prefixKey } = codecs('little');

/** A value as bpftool writes it: plain numbers, C names. */
const asFormatted = (value: object): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner)).replaceAll(
      /"(\w+)":/g,
      (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    ),
  );

test('blocked', () => {
  const entries = read('blocked') as {
    key: Hex;
    value: Hex;
    formatted: { key: { octets: number[] }; value: Formatted };
  }[];
  expect(entries).toHaveLength(1);
  for (const { key, value, formatted } of entries) {
    expect([...addr.decode(bytes(key))]).toEqual(formatted.key.octets);
    expect(asFormatted(block.decode(bytes(value)))).toEqual(formatted.value);
  }
});

test('blocked_nets', () => {
  const entries = read('blocked_nets') as { key: Hex; value: Hex; formatted: { key: Formatted; value: Formatted } }[];
  expect(entries).toHaveLength(1);
  for (const { key, value, formatted } of entries) {
    const { prefixBits, address } = prefixKey.decode(bytes(key));
    expect({ prefix_bits: prefixBits, address: [...address] }).toEqual(formatted.key);
    expect(asFormatted(block.decode(bytes(value)))).toEqual(formatted.value);
  }
});

test('blocked_lines', () => {
  const entries = read('blocked_lines') as { value: Hex; formatted: { value: Formatted } }[];
  expect(entries).toHaveLength(3);
  for (const { value, formatted } of entries) {
    const { addresses, reasons, ...line } = blockLine.decode(bytes(value));
    // The kernel prints them in the machine's order.
    const swapped = new DataView(new ArrayBuffer(20));
    addresses.forEach((address, i) => swapped.setUint32(4 * i, address));
    const little = addresses.map((_, i) => swapped.getUint32(4 * i, true));
    expect({ ...(asFormatted(line) as object), addresses: little, reasons: [...reasons], pad: 0 }).toEqual(
      formatted.value,
    );
  }
});

test('counters', () => {
  const [entry] = read('counters') as { values: { value: Hex }[]; formatted: { values: { value: Formatted }[] } }[];
  expect(entry!.values).toHaveLength(2);
  for (const [cpu, { value }] of entry!.values.entries()) {
    expect(asFormatted(counters.decode(bytes(value)))).toEqual(entry!.formatted.values[cpu]!.value);
  }
});
