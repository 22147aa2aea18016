import { ENUMS } from './layout.generated.ts';
import { layouts } from './layout.ts';
import type { FieldLayout, StructLayout } from './layout.ts';

/** The type of a member, as @scanward/bpf-object says it. */
export interface FoundType {
  /** `integer`, `struct`, `array` or whatever else. */
  readonly kind: string;
  readonly size: number;
  readonly name?: string;
  readonly signed?: boolean;
  readonly typedefs?: readonly string[];
  /** Of an array. */
  readonly count?: number;
  readonly element?: FoundType;
}

/** A struct as some object's BTF has it: what structLayout() of @scanward/bpf-object returns. */
export interface FoundStruct {
  readonly name: string;
  readonly size: number;
  readonly members: readonly {
    readonly name: string;
    readonly offset: number;
    /** Of all elements, in bytes. */
    readonly size: number;
    /** Not compared where it is not given. */
    readonly type?: FoundType;
  }[];
}

/** An enum as some object's BTF has it: what enumLayouts() of @scanward/bpf-object returns. */
export interface FoundEnum {
  readonly name: string;
  readonly values: readonly { readonly name: string; readonly value: number | bigint }[];
}

type FoundMember = FoundStruct['members'][number];

/** `be16`, `u32[4]`, `struct addr`: a type in the words of a FieldLayout. */
function typeName(type: FoundType): string {
  if (type.kind === 'array' && type.element) return `${typeName(type.element)}[${type.count ?? 0}]`;
  if (type.kind === 'struct') return `struct ${type.name ?? ''}`;
  if (type.kind !== 'integer') return type.kind;
  if (type.typedefs?.includes('__be16')) return 'be16';
  if (type.typedefs?.includes('__be32')) return 'be32';
  return `${type.signed ? 'i' : 'u'}${8 * type.size}`;
}

function fieldDifferences(expected: FieldLayout, found: FoundMember | undefined): string[] {
  const field = `field ${expected.name}`;
  if (found === undefined) return [`${field} is missing`];
  const differences: string[] = [];
  if (found.offset !== expected.offset) differences.push(`${field} at ${found.offset}, expected ${expected.offset}`);
  if (found.size !== expected.size) differences.push(`${field} has ${found.size} bytes, expected ${expected.size}`);
  const type = expected.count === undefined ? expected.type : `${expected.type}[${expected.count}]`;
  if (found.type && typeName(found.type) !== type) {
    differences.push(`${field} is ${typeName(found.type)}, expected ${type}`);
  }
  return differences;
}

function structDifferences(expected: StructLayout, found: FoundStruct | undefined): string[] {
  if (found === undefined) return ['is missing'];
  const known = new Set(expected.fields.map(({ name }) => name));
  const members = new Map(found.members.map((member) => [member.name, member]));
  return [
    ...(found.size === expected.size ? [] : [`has ${found.size} bytes, expected ${expected.size}`]),
    ...expected.fields.flatMap((field) => fieldDifferences(field, members.get(field.name))),
    ...found.members.filter(({ name }) => !known.has(name)).map(({ name }) => `field ${name} is unknown`),
  ];
}

function enumDifferences(expected: Readonly<Record<string, number>>, found: FoundEnum | undefined): string[] {
  if (found === undefined) return ['is missing'];
  const values = new Map(found.values.map(({ name, value }) => [name, Number(value)]));
  return [
    ...Object.entries(expected)
      .filter(([name, value]) => values.get(name) !== value)
      .map(([name, value]) => `${name} is ${values.get(name) ?? 'missing'}, expected ${value}`),
    ...[...values.keys()].filter((name) => !(name in expected)).map((name) => `${name} is unknown`),
  ];
}

/**
 * What is different between the structs and enums of an object and those that this package was generated
 * for, one line each: `struct policy: field threshold at 24, expected 16`. Empty: the object fits. Structs
 * and enums that this package does not know are left alone; without `enums` none are compared.
 */
export function checkLayouts(structs: Iterable<FoundStruct>, enums?: Iterable<FoundEnum>): string[] {
  const structsByName = new Map(Array.from(structs, (struct) => [struct.name, struct]));
  const ofStructs = layouts().flatMap((expected) =>
    structDifferences(expected, structsByName.get(expected.name)).map((line) => `struct ${expected.name}: ${line}`),
  );
  if (enums === undefined) return ofStructs;
  const enumsByName = new Map(Array.from(enums, (found) => [found.name, found]));
  const ofEnums = Object.entries(ENUMS).flatMap(([name, expected]) =>
    enumDifferences(expected, enumsByName.get(name)).map((line) => `enum ${name}: ${line}`),
  );
  return [...ofStructs, ...ofEnums];
}
