import { LAYOUTS } from './layout.generated.ts';
import { camel } from './layout.ts';
import type { Endian, StructLayout, StructName } from './layout.ts';
import { structCodec } from './struct-codec.ts';
import type { StructCodec } from './struct-codec.ts';
import type { Camel, StructValue } from './value.ts';

/** A codec for each struct of bpf/types.h, under its name in camelCase. */
export type Codecs = { readonly [S in StructName as Camel<S>]: StructCodec<StructValue<S>, S> };

/** The codecs for objects and machines of that byte order. */
export function codecs(endian: Endian): Codecs {
  const all = Object.values(LAYOUTS).map((layout: StructLayout & { readonly name: StructName }) => [
    camel(layout.name),
    structCodec(layout, endian),
  ]);
  return Object.fromEntries(all) as Codecs;
}
