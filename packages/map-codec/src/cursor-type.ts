import type { FieldOf, StructValue, Camel } from './value.ts';
import type { StructName } from './layout.ts';

type Field = { name: string; type: string };

/** How a getter is called: a field that is an array also wants to know which element. */
type Get<F, T> = F extends { count: number } ? (index: number, element: number) => T : (index: number) => T;

/** Bytes: an array of u8, or one struct addr. */
type IsBytes<F> = F extends { type: 'u8'; count: number }
  ? true
  : F extends { type: 'struct addr' }
    ? F extends { count: number }
      ? false
      : true
    : false;

type Key<F extends Field, Suffix extends string = ''> = `${Camel<F['name']>}${Suffix}`;

type NumberGetters<F extends Field> = {
  readonly [
    K in F as K['type'] extends 'u8' | 'u16' | 'u32' | 'be16' | 'be32'
      ? IsBytes<K> extends true
        ? never
        : Key<K>
      : never
  ]: Get<K, number>;
};

type BigintGetters<F extends Field> = {
  readonly [K in F as K['type'] extends 'u64' ? Key<K> : never]: Get<K, bigint>;
};

type U64NumberGetters<F extends Field> = {
  readonly [K in F as K['type'] extends 'u64' ? Key<K, 'Number' | 'High' | 'Low'> : never]: Get<K, number>;
};

type TickGetters<F extends Field> = {
  readonly [K in F as K extends { type: 'u64'; name: `${string}_ns` } ? Key<K, 'Ticks'> : never]: Get<K, number>;
};

type BytesGetters<F extends Field> = {
  readonly [K in F as IsBytes<K> extends true ? Key<K> : never]: (index: number) => Uint8Array;
};

type OffsetGetters<F extends Field> = {
  readonly [K in F as IsBytes<K> extends true ? Key<K, 'Offset'> : never]: (index: number) => number;
};

type StructGetters<F extends Field> = {
  readonly [K in F as IsBytes<K> extends true ? never : K['type'] extends `struct ${string}` ? Key<K> : never]: (
    index: number,
  ) => K['type'] extends `struct ${infer S extends StructName}` ? Records<S> : never;
};

/**
 * The fields of a row of structs, read where they lie. `index` is the record, `element` the place in an
 * array. No getter makes an object, but those that say so:
 * - `field(index)`: a number; of a u64 a bigint (an object); of bytes a copy (an object)
 * - `fieldNumber(index)`: a u64 as a number; CodecError RANGE above Number.MAX_SAFE_INTEGER
 * - `fieldHigh(index)`, `fieldLow(index)`: the halves of a u64
 * - `fieldTicks(index)`: a time in ticks of 1,024 ns; CodecError RANGE beyond 292 years ("for ever")
 * - `fieldOffset(index)`: where bytes begin in the array that the cursor stands on
 * - `field(index)` of structs within the struct: their own records, one flyweight that the next call moves
 *
 * CodecError INDEX for a record or element that is not there.
 */
export type Records<S extends StructName> = { readonly length: number } & NumberGetters<FieldOf<S>> &
  BigintGetters<FieldOf<S>> &
  U64NumberGetters<FieldOf<S>> &
  TickGetters<FieldOf<S>> &
  BytesGetters<FieldOf<S>> &
  OffsetGetters<FieldOf<S>> &
  StructGetters<FieldOf<S>>;

/** The records of a batch; make it once and move it with `over`. */
export type Cursor<S extends StructName, T = StructValue<S>> = Records<S> & {
  /**
   * Stands on `length` records from `offset` on (default: all that is there, which must be whole records)
   * and checks their padding. Makes no object while `bytes` is the same array. Returns the cursor. Throws
   * CodecError LENGTH, PADDING; it then stands on no records.
   */
  over(bytes: Uint8Array, offset?: number, length?: number): Cursor<S, T>;
  /** The whole record as the codec decodes it: objects of its own. */
  decode(index: number): T;
};
