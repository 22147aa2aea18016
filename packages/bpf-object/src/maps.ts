import { resolve, sizeOf } from './btf-resolve.ts';
import { type BtfMember, type BtfType, LINKAGE_EXTERN } from './btf-types.ts';
import type { Elf } from './elf.ts';
import { sectionNamed } from './elf.ts';
import { ObjectError } from './error.ts';
import { checkLimit } from './limits.ts';
import type { MapSpec } from './spec.ts';

/** A map of `.maps`, and where in the section its definition stands: code refers to it by that. */
export interface DefinedMap {
  offset: number;
  spec: MapSpec;
}

type Datasec = Extract<BtfType, { kind: 'datasec' }>;
type Attribute = (spec: MapSpec, member: BtfMember, types: readonly BtfType[]) => void;

/** The maps that `.maps` defines, by their place in it. */
export function readMaps(elf: Elf, types: readonly BtfType[] | undefined): DefinedMap[] {
  refuseLegacy(elf);
  const section = sectionNamed(elf, '.maps');
  if (!section || section.size === 0) return [];
  if (!types) throw new ObjectError('BTF_MISSING', 'section .maps: there is no .BTF to say what is in it');
  const datasec = types.find((type): type is Datasec => type.kind === 'datasec' && type.name === '.maps');
  if (!datasec) throw new ObjectError('BTF_MISSING', 'section .maps: .BTF does not say what is in it');
  checkLimit('maps', datasec.variables.length, 'section .maps: maps');
  return datasec.variables.map(({ type, offset }) => ({ offset, spec: readMap(types, type) }));
}

function refuseLegacy(elf: Elf): void {
  const legacy = elf.sections.find(({ name }) => name === 'maps' || name.startsWith('maps/'));
  if (!legacy) return;
  throw new ObjectError('LEGACY_MAPS', `section ${legacy.name}: legacy map definitions are not supported, use .maps`);
}

function readMap(types: readonly BtfType[], id: number): MapSpec {
  const variable = types[id]!;
  if (variable.kind !== 'var' || variable.linkage >= LINKAGE_EXTERN) {
    throw new ObjectError('MAP_DEFINITION', `section .maps: type ${id} is no variable of the object`);
  }
  const spec = emptyMap(variable.name);
  const { type } = resolve(types, variable.type);
  if (type.kind !== 'struct') throw new ObjectError('MAP_DEFINITION', `map ${spec.name}: is a ${type.kind}, no struct`);
  const seen = new Set<string>();
  for (const member of type.members) {
    if (seen.has(member.name))
      throw new ObjectError('MAP_ATTRIBUTE', `map ${spec.name}: ${member.name} is there twice`);
    seen.add(member.name);
    readAttribute(spec, member, types);
  }
  if (spec.type === 0) throw new ObjectError('MAP_DEFINITION', `map ${spec.name}: has no type`);
  return spec;
}

/** A map without attributes. */
export function emptyMap(name: string): MapSpec {
  return {
    name,
    type: 0,
    keySize: 0,
    valueSize: 0,
    maxEntries: 0,
    flags: 0,
    mapExtra: 0,
    pinByName: false,
    keyTypeId: 0,
    valueTypeId: 0,
    variables: [],
    readonly: false,
  };
}

function readAttribute(spec: MapSpec, member: BtfMember, types: readonly BtfType[]): void {
  if (member.name === 'values') {
    throw new ObjectError('INNER_MAP', `map ${spec.name}: maps in maps (values) are not supported`);
  }
  const attribute = ATTRIBUTES.get(member.name);
  if (!attribute) throw new ObjectError('MAP_ATTRIBUTE', `map ${spec.name}: unknown attribute '${member.name}'`);
  attribute(spec, member, types);
}

const ATTRIBUTES = new Map<string, Attribute>([
  ['type', (spec, member, types) => (spec.type = number(spec, member, types))],
  ['max_entries', (spec, member, types) => (spec.maxEntries = number(spec, member, types))],
  ['map_flags', (spec, member, types) => (spec.flags = number(spec, member, types))],
  ['map_extra', (spec, member, types) => (spec.mapExtra = number(spec, member, types))],
  ['numa_node', (spec, member, types) => (spec.numaNode = number(spec, member, types))],
  ['pinning', (spec, member, types) => (spec.pinByName = pinning(spec, member, types))],
  ['key_size', (spec, member, types) => size(spec, 'key', number(spec, member, types))],
  ['value_size', (spec, member, types) => size(spec, 'value', number(spec, member, types))],
  ['key', (spec, member, types) => typed(spec, 'key', member, types)],
  ['value', (spec, member, types) => typed(spec, 'value', member, types)],
]);

/** `__uint(name, n)` is `int (*name)[n]`; `__ulong(name, n)` an enum whose one value is n. */
function number(spec: MapSpec, member: BtfMember, types: readonly BtfType[]): number {
  const { type } = resolve(types, member.type);
  if (type.kind === 'ptr') {
    const { type: array } = resolve(types, type.type);
    if (array.kind === 'array') return array.count;
  }
  if (type.kind === 'enum' && type.values.length === 1) return type.values[0]!.value >>> 0;
  if (type.kind === 'enum64' && type.values.length === 1) {
    const value = BigInt.asUintN(64, type.values[0]!.value);
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  }
  throw new ObjectError('MAP_ATTRIBUTE', `map ${spec.name}: ${member.name} is not written as __uint or __ulong`);
}

function pinning(spec: MapSpec, member: BtfMember, types: readonly BtfType[]): boolean {
  const value = number(spec, member, types);
  if (value > 1) throw new ObjectError('MAP_ATTRIBUTE', `map ${spec.name}: unknown pinning ${value}`);
  return value === 1;
}

function typed(spec: MapSpec, which: 'key' | 'value', member: BtfMember, types: readonly BtfType[]): void {
  const { type } = resolve(types, member.type);
  if (type.kind !== 'ptr') {
    throw new ObjectError('MAP_ATTRIBUTE', `map ${spec.name}: ${which} is not written as __type`);
  }
  size(spec, which, sizeOf(types, type.type));
  spec[`${which}TypeId`] = type.type;
}

/** `key` and `key_size` may both be there, if they agree. */
function size(spec: MapSpec, which: 'key' | 'value', bytes: number): void {
  const before = spec[`${which}Size`];
  if (before !== 0 && before !== bytes) {
    throw new ObjectError('MAP_ATTRIBUTE', `map ${spec.name}: a ${which} of ${bytes} bytes and of ${before} bytes`);
  }
  spec[`${which}Size`] = bytes;
}
