import { describe, expect, it } from 'vitest';
import { ENDIANS, fixture } from '../test/fixtures.ts';
import { enumLayouts, layoutOf, readObject, structLayout, structNames } from './index.ts';

describe.each(ENDIANS)('layouts (%s)', (endian) => {
  const btf = readObject(fixture('scanner', endian)).btf!;
  const kinds = readObject(fixture('kinds', endian)).btf!;
  const members = (name: string): Map<string, ReturnType<typeof structLayout>['members'][number]> =>
    new Map(structLayout(name === 'all' ? kinds : btf, name).members.map((member) => [member.name, member]));

  it('say where each member is and how large', () => {
    const { size, members: found } = structLayout(btf, 'slot_set');
    expect(size).toBe(128);
    expect(found.map(({ name, offset, size }) => [name, offset, size])).toEqual([
      ['lock', 0, 4],
      ['level', 4, 4],
      ['slots', 8, 112],
      ['', 120, 4],
      ['pad', 124, 4],
    ]);
  });

  it('show typedefs, outermost first: a __be16 is no __u16', () => {
    const slot = members('slot');
    expect(slot.get('port')!.type).toMatchObject({
      kind: 'integer',
      size: 2,
      signed: false,
      typedefs: ['__be16', '__u16'],
    });
    expect(slot.get('pad')!.type).toMatchObject({ kind: 'integer', size: 2, typedefs: ['__u16'] });
    expect(slot.get('touches')!.type).toMatchObject({
      kind: 'array',
      size: 32,
      count: 4,
      element: { kind: 'integer', size: 8, typedefs: ['__u64'], name: 'unsigned long long' },
    });
    expect(members('slot_set').get('level')!.type).toMatchObject({
      kind: 'integer',
      signed: true,
      typedefs: ['__s32'],
    });
  });

  it('name nested structs, which can be asked for in turn', () => {
    expect(members('slot').get('source')).toMatchObject({
      offset: 0,
      size: 16,
      type: { kind: 'struct', name: 'addr' },
    });
    const anonymous = members('slot_set').get('')!.type;
    if (anonymous.kind !== 'union') throw new Error('not a union');
    expect(layoutOf(btf, anonymous.id)).toMatchObject({
      kind: 'union',
      size: 4,
      members: [
        { name: 'word', offset: 0 },
        { name: 'halves', offset: 0, type: { kind: 'array', count: 2 } },
      ],
    });
  });

  it('show bit fields', () => {
    expect(members('event').get('flags')).toMatchObject({ offset: 28, size: 2, bitField: { offset: 224, bits: 3 } });
    expect(members('event').get('rest')).toMatchObject({ offset: 28, bitField: { offset: 227, bits: 13 } });
    expect(members('event').get('pad')).not.toHaveProperty('bitField');
  });

  it('know every kind of member', () => {
    const shown = [...members('all')].map(([name, { type }]) => [name, type.kind, type.size]);
    expect(shown).toEqual([
      ['single', 'float', 4],
      ['twice', 'float', 8],
      ['flag', 'integer', 1],
      ['letter', 'integer', 1],
      ['wide', 'integer', 16],
      ['next', 'pointer', 8],
      ['other', 'pointer', 8],
      ['call', 'pointer', 8],
      ['pointer', 'pointer', 8],
      ['tagged', 'pointer', 8],
      ['size', 'enum', 4],
      ['matrix', 'array', 24],
      ['point', 'struct', 4],
      ['self', 'pointer', 8],
      ['marked', 'integer', 4],
      ['low', 'integer', 8],
      ['high', 'integer', 8],
    ]);
    expect(members('all').get('flag')!.type).toMatchObject({ bool: true });
    expect(members('all').get('matrix')!.type).toMatchObject({ count: 2, element: { count: 3, size: 12 } });
  });

  it('list structs and enums', () => {
    expect(structNames(btf)).toEqual(expect.arrayContaining(['addr', 'slot', 'slot_set', 'event', 'bpf_spin_lock']));
    expect(enumLayouts(btf)).toEqual([
      {
        name: 'mode',
        size: 4,
        signed: false,
        values: [
          { name: 'MODE_KERNEL', value: 0n },
          { name: 'MODE_USER', value: 1n },
        ],
      },
      {
        name: 'shift',
        size: 4,
        signed: true,
        values: [
          { name: 'SHIFT_DOWN', value: -3n },
          { name: 'SHIFT_UP', value: 3n },
        ],
      },
    ]);
  });

  it('refuse what is not there by name', () => {
    expect(() => structLayout(btf, 'slots')).toThrow(
      expect.objectContaining({ code: 'TYPE_UNKNOWN', message: 'struct slots: there are 0 of this name' }),
    );
    expect(() => layoutOf(btf, 0)).toThrow(expect.objectContaining({ code: 'TYPE_UNKNOWN' }));
    expect(() => layoutOf(btf, 99_999)).toThrow(expect.objectContaining({ code: 'TYPE_UNKNOWN' }));
  });
});
