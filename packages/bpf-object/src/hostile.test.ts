import { describe, expect, it } from 'vitest';
import { BtfBuilder } from '../test/build-btf.ts';
import { buildElf, buildObject, type BuiltSection, GLOBAL_FUNC, GLOBAL_OBJECT, LOCAL_FUNC } from '../test/build-elf.ts';
import { calls } from '../test/instructions.ts';
import { Writer } from '../test/writer.ts';
import { type ObjectErrorCode, LIMITS, readObject } from './index.ts';

const refuses = (bytes: Uint8Array, code: ObjectErrorCode, message: RegExp): void => {
  expect(() => readObject(bytes)).toThrow(
    expect.objectContaining({ name: 'ObjectError', code, message: expect.stringMatching(message) as string }),
  );
};

const CODE = { type: 1, flags: 4 };
/** `call +distance`, then `exit` */
const callNext = (distance: number): Writer => new Writer('little').u8(0x85, 0x10, 0, 0).u32(distance >>> 0);
const exit = (): Writer => new Writer('little').u8(0x95, 0, 0, 0).u32(0);
const edit = (bytes: Uint8Array, at: number, ...values: number[]): Uint8Array => bytes.with(at, values[0]!);

describe('headers that lie', () => {
  const good = buildElf('little', [{ name: 'license', bytes: Uint8Array.of(0x47, 0x50, 0x4c, 0) }]);

  it('the unchanged object is read', () => {
    expect(readObject(good)).toEqual({ endian: 'little', license: 'GPL', maps: [], programs: [] });
  });

  it.each([
    ['nothing', new Uint8Array(), 'ELF_HEADER', /magic/],
    ['magic', edit(good, 0, 0), 'ELF_HEADER', /magic/],
    ['32 bits', edit(good, 4, 1), 'ELF_HEADER', /class 1 is not ELF64/],
    ['endian', edit(good, 5, 3), 'ELF_HEADER', /unknown endian 3/],
    ['header only', good.slice(0, 40), 'TRUNCATED', /ELF header: needs 64 bytes/],
    ['executable', edit(good, 16, 2), 'ELF_HEADER', /type \(ET_REL\) is 2/],
    ['other machine', edit(good, 18, 62), 'ELF_HEADER', /machine \(EM_BPF\) is 62/],
    ['sections past the end', edit(good, 61, 8), 'TRUNCATED', /section headers: needs/],
    ['no sections', edit(good, 60, 0), 'ELF_HEADER', /0 sections/],
    ['names in no section', edit(good, 62, 77), 'ELF_HEADER', /section 77 does not hold/],
  ] as const)('%s', (_, bytes, code, message) => refuses(bytes, code, message));

  it.each([
    ['a section past the end', { bytes: new Uint8Array(4), size: 2n ** 63n }, 'TRUNCATED', /the file has/],
    ['a compressed section', { bytes: new Uint8Array(4), flags: 0x800 }, 'ELF_SECTION', /is compressed/],
    ['zeroes without end', { type: 8, size: 2n ** 62n }, 'LIMIT', /zeroedBytes/],
  ] as const)('%s', (_, section, code, message) => {
    refuses(buildElf('little', [{ name: '.bss', ...section }]), code, message);
  });

  it('sections over one another', () => {
    const sections = [
      { name: 'first', bytes: new Uint8Array(64) },
      { name: 'second', bytes: new Uint8Array(4), offset: 66 },
    ];
    refuses(buildElf('little', sections), 'ELF_SECTION', /section 2: overlaps the one before it at 66/);
  });

  it('names that do not end, or are too long', () => {
    const long = 'x'.repeat(LIMITS.nameBytes + 1);
    refuses(buildElf('little', [{ name: long }]), 'LIMIT', /nameBytes/);
    refuses(buildElf('little', [{ name: 'a\u0007b' }]), 'ELF_STRING', /holds the byte 7/);
    refuses(buildElf('little', [{ name: 'license', bytes: Uint8Array.of(0x47) }]), 'LICENSE', /does not end/);
  });

  it('two sections of one name', () => {
    refuses(buildElf('little', [{ name: '.BTF' }, { name: '.BTF' }]), 'DUPLICATE_NAME', /section .BTF/);
  });

  it('objects above the limit', () => {
    refuses(new Uint8Array(LIMITS.objectBytes + 1), 'LIMIT', /objectBytes/);
  });
});

describe('code that lies', () => {
  const object = (
    code: Uint8Array,
    symbols: Parameters<typeof buildObject>[2],
    more: BuiltSection[] = [],
  ): Uint8Array => buildObject('little', [{ name: 'xdp', ...CODE, bytes: code }, ...more], symbols);
  const main = (size: number): Parameters<typeof buildObject>[2][number] => ({
    name: 'main',
    info: GLOBAL_FUNC,
    section: 1,
    value: 0,
    size,
  });
  const two = callNext(-1).raw(exit().done()).done();

  it('a function that calls itself is no endless loop', () => {
    const [program] = readObject(object(two, [main(16)])).programs;
    expect(calls(program!, 'little')).toEqual(['main+0 -> main']);
    expect(program!.functions).toHaveLength(1);
  });

  it('a static function in a section of programs is a subprogram', () => {
    const code = callNext(1).raw(exit().done()).raw(exit().done()).done();
    const helper = { name: 'helper', info: LOCAL_FUNC, section: 1, value: 16, size: 8 };
    const { programs } = readObject(object(code, [main(16), helper]));
    expect(programs.map(({ functions }) => functions.map(({ name }) => name))).toEqual([['main', 'helper']]);
  });

  it.each([
    [
      'a call into the middle',
      callNext(0).raw(exit().done()).done(),
      'RELOCATION',
      /main \+ 0: no function starts at xdp \+ 8/,
    ],
    ['half a load', new Writer('little').u8(0x18, 0, 0, 0).u32(0).done(), 'INSTRUCTION', /lacks its second half/],
    [
      'a map of this process',
      new Writer('little').u8(0x18, 0x10, 0, 0).u32(3).u64(0).done(),
      'RELOCATION',
      /kind 1 without/,
    ],
    ['a call of the kernel', new Writer('little').u8(0x85, 0x20, 0, 0).u32(3).done(), 'KERNEL_FUNCTION', /main \+ 0/],
  ] as const)('%s', (_, code, expected, message) => refuses(object(code, [main(code.length)]), expected, message));

  it('functions over one another, outside of their section, or without instructions', () => {
    refuses(object(two, [main(16), { ...main(8), name: 'b', value: 8 }]), 'FUNCTION', /b: overlaps/);
    refuses(object(two, [main(24)]), 'FUNCTION', /reaches past xdp/);
    refuses(object(two, [main(12)]), 'FUNCTION', /no instructions/);
    refuses(object(two, [{ ...main(16), section: 9 }]), 'FUNCTION', /section 9 holds no code/);
  });

  const load = new Writer('little').u8(0x18, 0x01, 0, 0).u32(0).u64(0).raw(exit().done()).done();
  const relocated = (type: number, offset: number, symbol: number): BuiltSection[] => [
    {
      name: '.relxdp',
      type: 9,
      info: 1,
      entrySize: 16,
      bytes: new Writer('little').u64(offset).u32(type, symbol).done(),
    },
    { name: '.bss', type: 8, size: 8 },
  ];
  const inBss = (value: number): Parameters<typeof buildObject>[2] => [
    main(load.length),
    { name: 'x', info: GLOBAL_OBJECT, section: 3, value, size: 4 },
  ];

  it('a load of a variable without type information is relocated', () => {
    const { maps, programs } = readObject(object(load, inBss(4), relocated(1, 0, 2)));
    expect(maps[0]).toMatchObject({ name: '.bss', variables: [{ name: 'x', offset: 4, size: 4 }], valueTypeId: 0 });
    expect(programs[0]!.mapReferences).toEqual([{ instruction: 0, map: '.bss', valueOffset: 4 }]);
  });

  it.each([
    [
      'outside of the variables',
      inBss(4).with(1, { name: 'x', info: 0x10, section: 3, value: 8, size: 0 }),
      relocated(1, 0, 2),
      /\.bss \+ 8 is outside/,
    ],
    ['of another kind', inBss(4), relocated(2, 0, 2), /relocation 2 of a ld_imm64/],
    ['of the second half', inBss(4), relocated(1, 8, 2), /second half|without a relocation/],
    ['past the code', inBss(4), relocated(1, 800, 2), /is no instruction/],
    ['of no symbol', inBss(4), relocated(1, 0, 7), /symbol that is not there/],
    ['of an odd byte', inBss(4), relocated(1, 3, 2), /is no instruction/],
    ['outside of any function', [inBss(4)[1]!], relocated(1, 0, 1), /belongs to no function/],
  ] as const)('a relocation %s', (_, symbols, sections, message) =>
    refuses(object(load, [...symbols], sections), 'RELOCATION', message),
  );

  it('an extern symbol', () => {
    const extern = { name: 'jiffies', info: GLOBAL_OBJECT, section: 0, value: 0, size: 0 };
    refuses(object(load, [main(load.length), extern], relocated(1, 0, 2)), 'EXTERN', /'jiffies' is not part/);
  });

  it('many programs that share a large function stay within the limit', () => {
    const count = 2_000;
    const exits = new Writer('little');
    for (let index = 0; index < count; index += 1) exits.raw(exit().done());
    const starts = Array.from({ length: count }, (_, index) =>
      callNext(2 * (count - index) - 1)
        .raw(exit().done())
        .done(),
    );
    const code = new Writer('little');
    starts.forEach((start) => code.raw(start));
    code.raw(exits.done());
    const programs = starts.map((_, index) => ({ ...main(16), name: `p${index}`, value: index * 16 }));
    const shared = { name: 'shared', info: LOCAL_FUNC, section: 1, value: count * 16, size: count * 8 };
    refuses(object(code.done(), [...programs, shared]), 'LIMIT', /objectInstructions/);
  });
});

describe('maps that lie', () => {
  const withMap = (build: (btf: BtfBuilder, int: number) => number): Uint8Array => {
    const btf = new BtfBuilder('little');
    const variable = btf.add('var', 'odd', build(btf, btf.int()), [1]);
    btf.add('datasec', '.maps', 0, [variable, 0, 8], 1);
    return buildObject(
      'little',
      [
        { name: '.BTF', bytes: btf.done() },
        { name: '.maps', bytes: new Uint8Array(8) },
      ],
      [{ name: 'odd', info: GLOBAL_OBJECT, section: 2, value: 0, size: 8 }],
    );
  };
  const uint = (btf: BtfBuilder, int: number, value: number): number =>
    btf.add('ptr', '', btf.add('array', '', 0, [int, int, value]));
  const definition = (btf: BtfBuilder, members: [string, number][]): number => {
    const parts = members.flatMap(([name, type], index) => [btf.names.add(name), type, index * 64]);
    return btf.add('struct', '', members.length * 8, parts, members.length);
  };

  it.each([
    ['no struct', (_: BtfBuilder, int: number): number => int, 'MAP_DEFINITION', /map odd: is a int, no struct/],
    ['no type', (btf: BtfBuilder): number => definition(btf, []), 'MAP_DEFINITION', /map odd: has no type/],
    [
      'type twice',
      (btf: BtfBuilder, int: number): number => {
        const one = uint(btf, int, 1);
        return definition(btf, [
          ['type', one],
          ['type', one],
        ]);
      },
      'MAP_ATTRIBUTE',
      /type is there twice/,
    ],
    [
      'a number that is none',
      (btf: BtfBuilder, int: number): number => definition(btf, [['type', int]]),
      'MAP_ATTRIBUTE',
      /not written as __uint/,
    ],
    [
      'pinning 2',
      (btf: BtfBuilder, int: number): number => definition(btf, [['pinning', uint(btf, int, 2)]]),
      'MAP_ATTRIBUTE',
      /unknown pinning 2/,
    ],
    [
      'two key sizes',
      (btf: BtfBuilder, int: number): number =>
        definition(btf, [
          ['key_size', uint(btf, int, 8)],
          ['key', btf.add('ptr', '', int)],
        ]),
      'MAP_ATTRIBUTE',
      /a key of 4 bytes and of 8 bytes/,
    ],
    [
      'a key without size',
      (btf: BtfBuilder): number => definition(btf, [['key', btf.add('ptr', '', 0)]]),
      'BTF_TYPE',
      /void has no size/,
    ],
  ] as const)('%s', (_, build, code, message) => refuses(withMap(build), code, message));

  it('a number as __ulong', () => {
    const bytes = withMap((btf, int) => {
      const extra = btf.add('enum64', '', 8, [btf.names.add('value'), 0, 16], 1);
      return definition(btf, [
        ['type', uint(btf, int, 30)],
        ['map_extra', extra],
      ]);
    });
    expect(readObject(bytes).maps[0]).toMatchObject({ type: 30, mapExtra: 2 ** 36 });
  });

  it('.maps without type information', () => {
    refuses(buildElf('little', [{ name: '.maps', bytes: new Uint8Array(8) }]), 'BTF_MISSING', /section .maps/);
  });
});
