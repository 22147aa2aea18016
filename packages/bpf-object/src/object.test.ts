import { describe, expect, it } from 'vitest';
import { ENDIANS, fixture } from '../test/fixtures.ts';
import { calls, decode, words } from '../test/instructions.ts';
import { type Endian, linkProgram, type ObjectSpec, readObject } from './index.ts';

/** A spec with nothing in it that the endian decides. */
function withoutEndian({ endian, btf, maps, programs, license }: ObjectSpec): unknown {
  return {
    license,
    types: btf?.types,
    btf: btf?.bytes.length,
    maps: maps.map((map) => ({ ...map, data: map.data?.length })),
    programs: programs.map((program) => ({
      ...program,
      instructions: decode(program.instructions, endian),
      funcInfo: program.funcInfo && words(program.funcInfo.bytes, endian),
      lineInfo: program.lineInfo && words(program.lineInfo.bytes, endian),
    })),
  };
}

const read = (name: string, endian: Endian = 'little'): ObjectSpec => readObject(fixture(name, endian));

describe('both endians', () => {
  it.each(['scanner', 'calls', 'kinds'])('%s: give the same spec', (name) => {
    const [little, big] = [read(name, 'little'), read(name, 'big')];
    expect([little.endian, big.endian]).toEqual(['little', 'big']);
    expect(withoutEndian(big)).toEqual(withoutEndian(little));
  });

  it.each(ENDIANS)('%s: initial values keep the endian of the object', (endian) => {
    const { maps } = read('scanner', endian);
    const { data, variables } = maps.find(({ name }) => name === '.rodata')!;
    const view = new DataView(data!.buffer);
    const secret = variables.find(({ name }) => name === 'secret')!;
    expect(view.getBigUint64(secret.offset + 16, endian === 'little')).toBe(3n);
  });

  it.each(ENDIANS)('%s: the spec shares no memory with the input', (endian) => {
    const bytes = fixture('scanner', endian);
    const spec = readObject(bytes);
    bytes.fill(0xff);
    expect(spec).toEqual(read('scanner', endian));
  });

  it('reads a view into a larger buffer', () => {
    const bytes = fixture('scanner', 'big');
    const larger = new Uint8Array(bytes.length + 20).fill(0xee);
    larger.set(bytes, 7);
    expect(readObject(larger.subarray(7, 7 + bytes.length))).toEqual(read('scanner', 'big'));
  });
});

describe('maps', () => {
  const maps = new Map(read('scanner').maps.map((map) => [map.name, map]));

  it('come in the order of the object, data sections last', () => {
    const data = ['.rodata', '.data', '.data.room', '.bss'];
    expect([...maps.keys()]).toEqual(['events', 'blocked', 'allow', 'bloom', 'sources', ...data]);
  });

  it('have the attributes of their definitions', () => {
    expect(maps.get('sources')).toMatchObject({
      type: 2,
      keySize: 4,
      valueSize: 128,
      maxEntries: 128,
      pinByName: false,
    });
    expect(maps.get('blocked')).toMatchObject({
      type: 1,
      keySize: 16,
      valueSize: 8,
      maxEntries: 1024,
      pinByName: true,
    });
    expect(maps.get('allow')).toMatchObject({
      type: 11,
      keySize: 20,
      valueSize: 4,
      flags: 1,
      numaNode: 0,
      keyTypeId: 0,
    });
    expect(maps.get('events')).toMatchObject({ type: 27, keySize: 0, valueSize: 0, maxEntries: 65536, valueTypeId: 0 });
    expect(maps.get('bloom')).toMatchObject({ type: 30, keySize: 0, valueSize: 8, mapExtra: 3 });
    expect(maps.get('events')).not.toHaveProperty('numaNode');
  });

  it('name the types of keys and values', () => {
    const { types } = read('scanner').btf!;
    const { keyTypeId, valueTypeId } = maps.get('sources')!;
    expect(types[keyTypeId]).toMatchObject({ kind: 'typedef', name: '__u32' });
    expect(types[valueTypeId]).toMatchObject({ kind: 'struct', name: 'slot_set', size: 128 });
  });

  it('hold the data sections with their variables', () => {
    expect(maps.get('.rodata')).toMatchObject({ readonly: true, flags: 128, keySize: 4, valueSize: 48, maxEntries: 1 });
    expect(maps.get('.rodata')!.variables).toEqual([
      { name: 'clock_kind', offset: 0, size: 4 },
      { name: 'secret', offset: 8, size: 40 },
    ]);
    expect(maps.get('.bss')).toMatchObject({ readonly: false, flags: 0, valueSize: 12, data: new Uint8Array(12) });
    expect(maps.get('.bss')!.variables).toEqual([
      { name: 'test_now_ns', offset: 0, size: 8 },
      { name: 'hidden_count', offset: 8, size: 4 },
    ]);
    expect(maps.get('.data.room')).toMatchObject({ data: Uint8Array.of(9, 0), readonly: false });
  });
});

describe.each(ENDIANS)('programs (%s)', (endian) => {
  const scanner = read('scanner', endian);
  const byName = new Map(read('calls', endian).programs.map((program) => [program.name, program]));

  it('are named with their section', () => {
    expect(scanner.programs.map(({ name, section }) => [name, section])).toEqual([
      ['scan', 'xdp.frags'],
      ['scan_command', 'xdp'],
    ]);
    expect(scanner.license).toBe('Dual BSD/GPL');
  });

  it('hold each function that they reach once, behind the main one', () => {
    const functions = (name: string): string[] => byName.get(name)!.functions.map((entry) => entry.name);
    expect(functions('first')).toEqual(['first', 'middle', 'global_leaf', 'hidden_leaf', 'leaf']);
    expect(functions('cycle')).toEqual(['cycle', 'ping', 'pong']);
    expect(functions('loop')).toEqual(['loop', 'callback', 'middle', 'leaf']);
    expect(functions('alone')).toEqual(['alone']);
  });

  // From `llvm-objdump -dr calls.bpfel.o`.
  it('call the functions that the source calls', () => {
    expect(calls(byName.get('first')!, endian)).toEqual([
      'first+1 -> middle',
      'first+4 -> global_leaf',
      'first+8 -> hidden_leaf',
      'middle+1 -> leaf',
      'middle+6 -> leaf',
    ]);
    expect(calls(byName.get('cycle')!, endian)).toEqual(['cycle+1 -> ping', 'ping+8 -> pong', 'pong+8 -> ping']);
    expect(calls(byName.get('loop')!, endian)).toEqual([
      'loop+1 -> callback',
      'callback+0 -> middle',
      'middle+1 -> leaf',
      'middle+6 -> leaf',
    ]);
  });

  it('refer to maps and to places in data sections', () => {
    expect(scanner.programs[1]!.mapReferences).toEqual([
      { instruction: 6, map: 'sources' },
      { instruction: 17, map: '.rodata', valueOffset: 8 },
      { instruction: 24, map: '.bss', valueOffset: 8 },
    ]);
  });

  it('carry function and line records that count instructions of the program', () => {
    const { types } = scanner.btf!;
    for (const { funcInfo, lineInfo, functions, instructions } of scanner.programs) {
      const records = words(funcInfo!.bytes, endian);
      functions.forEach(({ name, instruction }, index) => {
        expect(records[index * 2]).toBe(instruction);
        expect(types[records[index * 2 + 1]!]).toMatchObject({ kind: 'func', name });
      });
      expect(records).toHaveLength(functions.length * 2);
      const lines = words(lineInfo!.bytes, endian).filter((_, index) => index % 4 === 0);
      expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b));
      for (const { instruction } of functions) expect(lines).toContain(instruction);
      expect(lines.at(-1)).toBeLessThan(instructions.length / 8);
    }
  });

  it('are linked with the descriptors of their maps', () => {
    const program = scanner.programs[1]!;
    const asked: string[] = [];
    const fdOf = (map: string): number => 40 + asked.push(map);
    const linked = decode(linkProgram(program, endian, fdOf), endian);
    expect(asked).toEqual(['sources', '.rodata', '.bss']);
    expect(linked[6]).toMatchObject({ opcode: 0x18, source: 1, immediate: 41 });
    expect(linked[7]).toMatchObject({ opcode: 0, immediate: 0 });
    expect(linked[17]).toMatchObject({ opcode: 0x18, source: 2, immediate: 42 });
    expect(linked[18]).toMatchObject({ opcode: 0, immediate: 8 });
    expect(decode(program.instructions, endian)[6]).toMatchObject({ immediate: 0 });
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 31])('are not linked with %d', (fd) => {
    expect(() => linkProgram(scanner.programs[1]!, endian, () => fd)).toThrow(
      expect.objectContaining({ code: 'DESCRIPTOR', message: `map sources: ${fd} is no file descriptor` }),
    );
  });
});
