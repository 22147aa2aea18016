import type { LAYOUTS } from './layout.generated.ts';
import type { StructName } from './layout.ts';

/** `block_ttl_ns` -> `blockTtlNs`, as a type. */
export type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

/** The fields of a struct that are part of its value. */
export type FieldOf<S extends StructName> = Exclude<
  (typeof LAYOUTS)[S]['fields'][number],
  { name: 'pad' } | { type: 'struct bpf_spin_lock' }
>;

type NumberType = 'u8' | 'u16' | 'u32' | 'be16' | 'be32';

type ElementValue<Type extends string> = Type extends 'u64'
  ? bigint
  : Type extends NumberType
    ? number
    : Type extends `struct ${infer S extends StructName}`
      ? StructValue<S>
      : never;

type FieldValue<F extends { type: string }> = F extends { type: 'u8'; count: number }
  ? Uint8Array
  : F extends { count: number }
    ? readonly ElementValue<F['type']>[]
    : ElementValue<F['type']>;

/**
 * The value of a struct: its fields in camelCase. u64 is a bigint, smaller numbers and ports are numbers
 * (ports as one says them: 80), arrays of bytes are a Uint8Array, and so is the whole struct addr.
 */
export type StructValue<S extends StructName> = (typeof LAYOUTS)[S]['fields'] extends readonly [
  { type: 'u8'; count: number },
]
  ? Uint8Array
  : { readonly [F in FieldOf<S> as Camel<F['name']>]: FieldValue<F> };

export type Addr = StructValue<'addr'>;
export type Prefix = StructValue<'prefix'>;
export type Policy = StructValue<'policy'>;
export type PrefixKey = StructValue<'prefix_key'>;
export type Allow = StructValue<'allow'>;
export type Block = StructValue<'block'>;
export type Blocklist = StructValue<'blocklist'>;
export type BlockLine = StructValue<'block_line'>;
export type BlockNote = StructValue<'block_note'>;
export type Local = StructValue<'local'>;
export type TestSocket = StructValue<'test_socket'>;
export type Grace = StructValue<'grace'>;
export type Source = StructValue<'source'>;
export type SourceSet = StructValue<'source_set'>;
export type Line = StructValue<'line'>;
export type Connection = StructValue<'connection'>;
export type Scan = StructValue<'scan'>;
export type Tally = StructValue<'tally'>;
export type Counters = StructValue<'counters'>;
export type Command = StructValue<'command'>;
