import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapPin, nameOfPin, pinName } from './pin-name.ts';

test.each([
  ['eth0', 'eth0'],
  ['eth0.100', 'eth0%2e100'],
  ['100%', '100%25'],
  ['%2e', '%252e'],
])('%s is %s', (name, file) => {
  expect(pinName(name)).toBe(file);
});

test('any name comes back, and no file has a dot, which a BPF file system refuses', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      expect(nameOfPin(pinName(name))).toBe(name);
      expect(pinName(name)).not.toContain('.');
    }),
  );
});

test('maps', () => {
  expect(['blocked', '.rodata', '.bss', '.rodata.str'].map(mapPin)).toEqual([
    'blocked',
    'rodata',
    'bss',
    'rodata%2estr',
  ]);
});
