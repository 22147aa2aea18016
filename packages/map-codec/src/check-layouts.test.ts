import { readFileSync } from 'node:fs';
import { enumLayouts, readObject, structLayout, structNames } from '@scanward/bpf-object';
import { expect, test } from 'vitest';
import { checkLayouts } from './index.ts';
import type { FoundEnum, FoundStruct } from './index.ts';

function prebuilt(end: string): { structs: FoundStruct[]; enums: FoundEnum[] } {
  const file = new URL(`../../../bpf/prebuilt/scanward.bpf${end}.o`, import.meta.url);
  const { btf } = readObject(readFileSync(file));
  return { structs: structNames(btf!).map((name) => structLayout(btf!, name)), enums: enumLayouts(btf!) };
}

const { structs, enums } = prebuilt('el');

const withStruct = (name: string, change: (struct: FoundStruct) => FoundStruct): FoundStruct[] =>
  structs.map((struct) => (struct.name === name ? change(struct) : struct));

const withMember = (name: string, changed: object) => (struct: FoundStruct) => ({
  ...struct,
  members: struct.members.map((member) => (member.name === name ? { ...member, ...changed } : member)),
});

const u16 = { kind: 'integer', size: 2, name: 'unsigned short', signed: false, typedefs: ['__u16'] };

test.each(['el', 'eb'])('the prebuilt object scanward.bpf%s.o fits', (end) => {
  const found = prebuilt(end);
  expect(checkLayouts(found.structs, found.enums)).toEqual([]);
});

test('types are compared only where they are known', () => {
  const plain = structs.map(({ name, size, members }) => ({
    name,
    size,
    members: members.map((member) => ({ name: member.name, offset: member.offset, size: member.size })),
  }));
  expect(checkLayouts(plain)).toEqual([]);
});

test.each<[string, string, (struct: FoundStruct) => FoundStruct]>([
  ['struct policy: field threshold at 24, expected 16', 'policy', withMember('threshold', { offset: 24 })],
  ['struct scan: field ports has 32 bytes, expected 64', 'scan', withMember('ports', { size: 32 })],
  [
    'struct connection: field source_port is u16, expected be16',
    'connection',
    withMember('source_port', { type: u16 }),
  ],
  [
    'struct allow: field reason is i32, expected u32',
    'allow',
    withMember('reason', { type: { kind: 'integer', size: 4, signed: true } }),
  ],
  [
    'struct scan: field ports is u16[32], expected be16[32]',
    'scan',
    withMember('ports', { type: { kind: 'array', size: 64, count: 32, element: u16 } }),
  ],
  [
    'struct scan: field source is struct source, expected struct addr',
    'scan',
    withMember('source', { type: { kind: 'struct', size: 16, name: 'source' } }),
  ],
  [
    'struct allow: field reason is enum, expected u32',
    'allow',
    withMember('reason', { type: { kind: 'enum', size: 4 } }),
  ],
  ['struct block: has 48 bytes, expected 40', 'block', (struct) => ({ ...struct, size: 48 })],
  ['struct command: is missing', 'command', (struct) => ({ ...struct, name: 'order' })],
  ['struct allow: field reason is missing', 'allow', (struct) => ({ ...struct, members: [] })],
  [
    'struct allow: field note is unknown',
    'allow',
    (struct) => ({ ...struct, members: [...struct.members, { name: 'note', offset: 4, size: 4 }] }),
  ],
])('%s', (line, name, change) => {
  expect(checkLayouts(withStruct(name, change))).toEqual([line]);
});

test('enums with other values', () => {
  const verdicts = enums.find(({ name }) => name === 'verdict')!.values;
  const swapped = verdicts.map(({ name, value }) => ({ name: name === 'VERDICTS' ? 'PASS_ALL' : name, value }));
  const changed = enums.flatMap((found): FoundEnum[] => {
    if (found.name === 'mode') return [];
    return [found.name === 'verdict' ? { ...found, values: swapped.slice(1) } : found];
  });
  expect(checkLayouts(structs, changed)).toEqual([
    'enum mode: is missing',
    'enum verdict: PASS_NOT_IP is missing, expected 0',
    'enum verdict: VERDICTS is missing, expected 11',
    'enum verdict: PASS_ALL is unknown',
  ]);
});
