import { LAYOUTS } from './layout.generated.ts';

/** The byte order of the machine that the object was built for. */
export type Endian = 'little' | 'big';

/** The C name of a struct of bpf/types.h. */
export type StructName = keyof typeof LAYOUTS;

/** One field. `size` is that of all its elements; a field without `count` is no array. */
export interface FieldLayout {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** `u8`, `u16`, `u32`, `u64`, `be16`, `be32` (network order on every machine) or `struct <name>`. */
  readonly type: string;
  readonly count?: number;
}

/** One struct: its size and its fields in order, without gaps. */
export interface StructLayout {
  readonly name: string;
  readonly size: number;
  readonly fields: readonly FieldLayout[];
}

/** All structs of bpf/types.h as this package knows them. */
export function layouts(): readonly StructLayout[] {
  return Object.values(LAYOUTS);
}

/** The struct that `struct <name>` names. */
export function layoutOf(name: string): StructLayout {
  return LAYOUTS[name as StructName];
}

/**
 * Padding is zero and no part of the value. So is a bpf_spin_lock: the kernel hides it from user space
 * (reads as zero, is kept on writes).
 */
export function isHidden(field: FieldLayout): boolean {
  return field.name === 'pad' || field.type === 'struct bpf_spin_lock';
}

/** struct addr is nothing but its octets: its value is they. */
export function isBytes(field: FieldLayout): boolean {
  return field.type === 'u8' && field.count !== undefined;
}

/** The only field of a struct that has nothing but bytes. */
export function onlyBytes(layout: StructLayout): FieldLayout | undefined {
  const [field] = layout.fields;
  return layout.fields.length === 1 && field && isBytes(field) ? field : undefined;
}

/** The struct's name in `struct <name>`; undefined of a number's type. */
export function structOf(type: string): string | undefined {
  return type.startsWith('struct ') ? type.slice('struct '.length) : undefined;
}

/** `block_ttl_ns` -> `blockTtlNs`. */
export function camel(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
