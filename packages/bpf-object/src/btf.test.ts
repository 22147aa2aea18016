import { describe, expect, it } from 'vitest';
import { BtfBuilder } from '../test/build-btf.ts';
import { buildElf, buildObject, GLOBAL_OBJECT } from '../test/build-elf.ts';
import { ENDIANS, fixture } from '../test/fixtures.ts';
import { words } from '../test/instructions.ts';
import { type BtfType, type Endian, enumLayouts, layoutOf, readObject, structLayout } from './index.ts';

const types = (endian: Endian, build: (btf: BtfBuilder) => void): BtfType[] => readBtf(endian, build).types;

function readBtf(endian: Endian, build: (btf: BtfBuilder) => void): { bytes: Uint8Array; types: BtfType[] } {
  const btf = new BtfBuilder(endian);
  build(btf);
  return readObject(buildElf(endian, [{ name: '.BTF', bytes: btf.done() }])).btf!;
}

const refusal = (code: string, message: RegExp): unknown =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string });

describe.each(ENDIANS)('each kind (%s)', (endian) => {
  const all = types(endian, (btf) => {
    btf.int('int', 4, 1);
    btf.add('ptr', '', 1);
    btf.add('array', '', 0, [1, 1, 7]);
    btf.add('struct', 'pair', 8, [btf.names.add('a'), 1, 0, btf.names.add('b'), 1, 3 * 2 ** 24 + 32], 2, true);
    btf.add('union', 'either', 4, [btf.names.add('c'), 1, 0], 1);
    btf.add('enum', 'small', 4, [btf.names.add('MINUS'), 0xffff_ffff], 1);
    btf.add('fwd', 'later', 0, [], 0, true);
    btf.add('typedef', 'number', 1);
    btf.add('volatile', '', 1);
    btf.add('const', '', 9);
    btf.add('restrict', '', 2);
    btf.add('func', 'work', 13, [], 1);
    btf.add('func_proto', '', 1, [btf.names.add('x'), 8], 1);
    btf.add('float', 'double', 8);
    btf.add('decl_tag', 'mark', 4, [1]);
    btf.add('type_tag', 'user', 1);
    btf.add('enum64', 'wide', 8, [btf.names.add('BIG'), 1, 0x8000_0000], 1);
    btf.add('enum64', 'deep', 8, [btf.names.add('LOW'), 0xffff_fffe, 0xffff_ffff], 1, true);
  });

  it('is parsed', () => {
    expect(all.slice(0, 10)).toEqual([
      { kind: 'void' },
      { kind: 'int', name: 'int', size: 4, bits: 32, bitOffset: 0, signed: true, char: false, bool: false },
      { kind: 'ptr', type: 1 },
      { kind: 'array', type: 1, indexType: 1, count: 7 },
      {
        kind: 'struct',
        name: 'pair',
        size: 8,
        members: [
          { name: 'a', type: 1, bitOffset: 0, bitSize: 0 },
          { name: 'b', type: 1, bitOffset: 32, bitSize: 3 },
        ],
      },
      { kind: 'union', name: 'either', size: 4, members: [{ name: 'c', type: 1, bitOffset: 0, bitSize: 0 }] },
      { kind: 'enum', name: 'small', size: 4, signed: true, values: [{ name: 'MINUS', value: -1 }] },
      { kind: 'fwd', name: 'later', union: true },
      { kind: 'typedef', name: 'number', type: 1 },
      { kind: 'volatile', type: 1 },
    ]);
    expect(all.slice(10)).toEqual([
      { kind: 'const', type: 9 },
      { kind: 'restrict', type: 2 },
      { kind: 'func', name: 'work', type: 13, linkage: 1 },
      { kind: 'func_proto', type: 1, parameters: [{ name: 'x', type: 8 }] },
      { kind: 'float', name: 'double', size: 8 },
      { kind: 'decl_tag', name: 'mark', type: 4, component: 1 },
      { kind: 'type_tag', name: 'user', type: 1 },
      {
        kind: 'enum64',
        name: 'wide',
        size: 8,
        signed: false,
        values: [{ name: 'BIG', value: 0x8000_0000_0000_0001n }],
      },
      { kind: 'enum64', name: 'deep', size: 8, signed: true, values: [{ name: 'LOW', value: -2n }] },
    ]);
  });

  it('of enum is listed with its values', () => {
    const listed = enumLayouts({ bytes: new Uint8Array(), types: all });
    expect(listed.map(({ name, values }) => [name, values[0]!.value])).toEqual([
      ['small', -1n],
      ['wide', 0x8000_0000_0000_0001n],
      ['deep', -2n],
    ]);
  });
});

describe('the kernel gets', () => {
  it.each(ENDIANS)('sizes and offsets that clang leaves out (%s)', (endian) => {
    const { types } = readObject(fixture('scanner', endian)).btf!;
    const datasec = (wanted: string): unknown => types.find((type) => type.kind === 'datasec' && type.name === wanted);
    expect(datasec('license')).toMatchObject({ size: 13, variables: [{ offset: 0, size: 13 }] });
    expect(datasec('.maps')).toMatchObject({
      size: 168,
      variables: [{ offset: 0 }, { offset: 16 }, { offset: 56 }, { offset: 104 }, { offset: 136 }],
    });
  });

  it('hidden functions as static ones, which the verifier follows from their callers', () => {
    const { types } = readObject(fixture('calls', 'little')).btf!;
    const linkage = new Map(types.flatMap((type) => (type.kind === 'func' ? [[type.name, type.linkage]] : [])));
    expect([linkage.get('leaf'), linkage.get('hidden_leaf'), linkage.get('global_leaf')]).toEqual([0, 0, 1]);
  });

  it.each(ENDIANS)('a header without gaps (%s)', (endian) => {
    const { bytes } = readObject(fixture('scanner', endian)).btf!;
    const [, headerBytes, typeOffset, typeBytes, stringOffset, stringBytes] = words(bytes.subarray(0, 24), endian);
    expect([headerBytes, typeOffset, stringOffset]).toEqual([24, 0, typeBytes]);
    expect(24 + typeBytes! + stringBytes!).toBe(bytes.length);
  });
});

describe('damaged type information is refused', () => {
  it('when types contain themselves', () => {
    const btf = readBtf('little', (builder) => {
      builder.add('typedef', 'a', 2);
      builder.add('typedef', 'b', 1);
      builder.add('struct', 'holds', 4, [builder.names.add('m'), 1, 0], 1);
      builder.add('array', '', 0, [4, 4, 1]);
      builder.add('struct', 'arrays', 4, [builder.names.add('m'), 4, 0], 1);
      builder.add('struct', 'own', 4, [builder.names.add('m'), 6, 0], 1);
    });
    expect(() => structLayout(btf, 'holds')).toThrow(refusal('BTF_CYCLE', /typedefs/));
    expect(() => structLayout(btf, 'arrays')).toThrow(refusal('BTF_CYCLE', /arrays/));
    expect(layoutOf(btf, 6).members).toMatchObject([{ name: 'm', type: { kind: 'struct', id: 6 } }]);
  });

  it('when arrays are larger than a size can say', () => {
    const btf = readBtf('little', (builder) => {
      builder.int();
      builder.add('array', '', 0, [1, 1, 0xffff_ffff]);
      builder.add('struct', 'huge', 4, [builder.names.add('m'), 2, 0], 1);
    });
    expect(() => structLayout(btf, 'huge')).toThrow(refusal('LIMIT', /typeBytes/));
  });

  it.each([
    ['a reference to nothing', 'BTF_TYPE', /type 1: refers to type 9, there are 2/, ['ptr', '', 9]],
    ['an unknown kind', 'BTF_TYPE', /unknown kind 31/, ['', '', 0, [], 31 * 2 ** 24]],
    [
      'more members than there are bytes',
      'TRUNCATED',
      /BTF type 1: needs 786420 bytes/,
      ['struct', 's', 4, [], 0xffff],
    ],
    ['a DATASEC of no section', 'BTF_DATASEC', /DATASEC .odd: the object has no such section/, ['datasec', '.odd', 4]],
    ['an integer of three bytes', 'BTF_TYPE', /integer of 3 bytes/, ['int', 'odd', 3, [24]]],
  ] as const)('%s', (_, code, message, [kind, name, sizeOrType, more, vlen]) => {
    const build = (btf: BtfBuilder): unknown => btf.add(kind, name, sizeOrType, [...(more ?? [])], vlen);
    expect(() => readBtf('little', build)).toThrow(refusal(code, message));
  });

  it.each([
    ['over one another', [0, 4, 2, 4], 8],
    ['outside of their section', [0, 4, 6, 4], 8],
    ['without bytes', [0, 0, 4, 4], 8],
  ] as const)('variables %s', (_, [offset1, size1, offset2, size2], size) => {
    const btf = new BtfBuilder('little');
    const int = btf.int();
    const vars = [btf.add('var', 'a', int, [1]), btf.add('var', 'b', int, [1])];
    btf.add('datasec', '.data', 0, [vars[0]!, 0, size1, vars[1]!, 0, size2], 2);
    const bytes = buildObject(
      'little',
      [
        { name: '.BTF', bytes: btf.done() },
        { name: '.data', bytes: new Uint8Array(size) },
      ],
      [
        { name: 'a', info: GLOBAL_OBJECT, section: 2, value: offset1, size: 4 },
        { name: 'b', info: GLOBAL_OBJECT, section: 2, value: offset2, size: 4 },
      ],
    );
    expect(() => readObject(bytes)).toThrow(refusal('BTF_DATASEC', /DATASEC .data: a variable of/));
  });
});
