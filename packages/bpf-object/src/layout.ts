import { resolve, sizeOf, typeAt } from './btf-resolve.ts';
import type { BtfMember, BtfSpec, BtfType } from './btf-types.ts';
import { ObjectError } from './error.ts';

/** Enough of a member's type to write a codec. `typedefs` are the names on the way, outermost first (`__be16`, `__u16`). */
export type LayoutType =
  | { kind: 'integer'; size: number; typedefs: string[]; name: string; signed: boolean; char: boolean; bool: boolean }
  | { kind: 'float'; size: number; typedefs: string[]; name: string }
  | { kind: 'enum'; size: number; typedefs: string[]; name: string; signed: boolean }
  | { kind: 'pointer'; size: number; typedefs: string[] }
  /** `id` is for {@link layoutOf}; `name` is empty for an anonymous one. */
  | { kind: 'struct' | 'union'; size: number; typedefs: string[]; name: string; id: number }
  | { kind: 'array'; size: number; typedefs: string[]; count: number; element: LayoutType };

export interface MemberLayout {
  /** Empty for an anonymous struct or union. */
  name: string;
  /** Bytes from the start of the struct; of a bit field, the byte that its first bit is in. */
  offset: number;
  /** Bytes; of a bit field, those of its declared type. */
  size: number;
  type: LayoutType;
  /** Only of a bit field. `offset` is in bits from the start of the struct, as the object's endian counts them. */
  bitField?: { offset: number; bits: number };
}

export interface StructLayout {
  kind: 'struct' | 'union';
  name: string;
  /** Bytes, padding included. */
  size: number;
  members: MemberLayout[];
}

export interface EnumLayout {
  /** Empty for an anonymous enum. */
  name: string;
  size: number;
  signed: boolean;
  values: { name: string; value: bigint }[];
}

type Composite = Extract<BtfType, { kind: 'struct' | 'union' }>;

/**
 * The layout of the struct (or union) of this name.
 *
 * @throws ObjectError `TYPE_UNKNOWN` when there is none, or more than one
 */
export function structLayout(btf: BtfSpec, name: string): StructLayout {
  const ids = [...btf.types.keys()].filter((id) => isComposite(btf.types[id]!, name));
  if (ids.length !== 1) throw new ObjectError('TYPE_UNKNOWN', `struct ${name}: there are ${ids.length} of this name`);
  return layoutOf(btf, ids[0]!);
}

/** The layout of a struct or union by its BTF id (of a nested one, or of a map's key or value). */
export function layoutOf(btf: BtfSpec, id: number): StructLayout {
  const { type } = resolve(btf.types, id);
  if (type.kind !== 'struct' && type.kind !== 'union') {
    throw new ObjectError('TYPE_UNKNOWN', `BTF type ${id}: is a ${type.kind}, no struct`);
  }
  const { kind, name, size } = type;
  return { kind, name, size, members: type.members.map((member) => memberLayout(btf.types, member)) };
}

/** Names of all structs and unions that have one, each once, in the order of the object. */
export function structNames(btf: BtfSpec): string[] {
  return [...new Set(btf.types.filter((type) => isComposite(type)).map(({ name }) => name))].filter(
    (name) => name !== '',
  );
}

/** All enums with their values, anonymous ones too. An enum that no variable, member or parameter uses is not in BTF. */
export function enumLayouts(btf: BtfSpec): EnumLayout[] {
  return btf.types
    .filter((type) => type.kind === 'enum' || type.kind === 'enum64')
    .map(({ name, size, signed, values }) => ({
      name,
      size,
      signed,
      values: values.map((entry) => ({ name: entry.name, value: BigInt(entry.value) })),
    }));
}

function isComposite(type: BtfType, name?: string): type is Composite {
  return (type.kind === 'struct' || type.kind === 'union') && (name === undefined || type.name === name);
}

function memberLayout(types: readonly BtfType[], member: BtfMember): MemberLayout {
  const type = layoutType(types, member.type);
  const { name, bitOffset, bitSize } = member;
  const layout = { name, offset: Math.floor(bitOffset / 8), size: type.size, type };
  const bitField = bitSize !== 0 || bitOffset % 8 !== 0;
  return bitField ? { ...layout, bitField: { offset: bitOffset, bits: bitSize } } : layout;
}

/** {@link sizeOf} comes first: it refuses what nests too deeply. */
function layoutType(types: readonly BtfType[], id: number): LayoutType {
  const size = sizeOf(types, id);
  const { id: resolved, type, typedefs } = resolve(types, id);
  switch (type.kind) {
    case 'int':
      return {
        kind: 'integer',
        size,
        typedefs,
        name: type.name,
        signed: type.signed,
        char: type.char,
        bool: type.bool,
      };
    case 'float':
      return { kind: 'float', size, typedefs, name: type.name };
    case 'enum':
    case 'enum64':
      return { kind: 'enum', size, typedefs, name: type.name, signed: type.signed };
    case 'struct':
    case 'union':
      return { kind: type.kind, size, typedefs, name: type.name, id: resolved };
    case 'array':
      return { kind: 'array', size, typedefs, count: type.count, element: layoutType(types, type.type) };
    case 'ptr':
      return { kind: 'pointer', size, typedefs };
    default:
      throw new ObjectError('BTF_TYPE', `BTF type ${id}: a ${typeAt(types, resolved).kind} has no layout`);
  }
}
