import { codecs } from '../src/index.ts';
import type { Endian, StructCodec } from '../src/index.ts';

/** A codec whose struct is known only when the test runs. */
export function anyCodec(name: string, endian: Endian): StructCodec<unknown> {
  const found = Object.values(codecs(endian)).find((codec) => codec.name === name);
  if (found === undefined) throw new Error(`no codec ${name}`);
  return found;
}
