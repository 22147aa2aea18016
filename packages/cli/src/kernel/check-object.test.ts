import { readFileSync } from 'node:fs';
import { type ObjectSpec, readObject } from '@scanward/bpf-object';
import { expect, test } from 'vitest';
import { checkObject } from './check-object.ts';
import { readObjectFile, shippedObject } from '../object-file.ts';

const read = (endian: 'little' | 'big', change: (bytes: Buffer) => Buffer = (bytes) => bytes) =>
  readObject(change(readFileSync(shippedObject(endian))));
const check = (spec: ObjectSpec, endian: 'little' | 'big' = 'little') => {
  checkObject(spec, 'x.o', endian);
};
/** An object in whose BTF a name was changed. */
const renamed = (from: string, to: string) =>
  read('little', (bytes) => Buffer.from(bytes.toString('latin1').replaceAll(`\0${from}\0`, `\0${to}\0`), 'latin1'));

test.each(['little', 'big'] as const)('the shipped object for %s-endian machines fits', (endian) => {
  check(read(endian), endian);
});

test('one for the other byte order does not', () => {
  expect(() => check(read('big'), 'little')).toThrow(
    'checking the BPF object x.o: it was built for big-endian machines, and this one is little-endian: use the object that this version of scanward was shipped with',
  );
});

test('nor one with other fields, values, programs or maps, or without BTF', () => {
  expect(() => check(renamed('block_ttl_ns', 'block_ttl_xx'))).toThrow(
    'it has other layouts (struct policy: field block_ttl_ns is missing, and 1 more)',
  );
  expect(() => check(renamed('MODE_USER', 'MODE_USXX'))).toThrow(
    'it has other layouts (enum mode: MODE_USER is missing',
  );
  expect(() => check({ ...read('little'), programs: [] })).toThrow('it has no program scanward:');
  expect(() => check({ ...read('little'), maps: [] })).toThrow('it has no map policy:');
  const { btf, ...bare } = read('little');
  expect(btf).toBeDefined();
  expect(() => check(bare)).toThrow('it has no BTF');
});

test('a file that is not there', () => {
  expect(() => readObjectFile('/nonexistent/x.o', 'little')).toThrow(
    'reading the BPF object /nonexistent/x.o: there is no such file: name one that can be read, or leave out --object',
  );
  expect(readObjectFile(undefined, 'big').path).toMatch(/scanward\.bpfeb\.o$/);
});
