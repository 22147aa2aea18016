import { CodecError, within } from './codec-error.ts';
import { camel } from './layout.ts';
import type { Endian, StructLayout, StructName } from './layout.ts';
import { structPart } from './struct-part.ts';

/** The bytes of one struct, both ways. */
export interface StructCodec<T, S extends StructName = StructName> {
  /** The C name. */
  readonly name: S;
  /** In bytes. */
  readonly size: number;
  readonly endian: Endian;
  /**
   * The value in `bytes`: in all of them, which must be exactly `size`, or, given an offset, in the `size`
   * bytes from there. The value shares no memory with the bytes. Throws CodecError: LENGTH, PADDING.
   */
  decode(bytes: Uint8Array, offset?: number): T;
  /**
   * The bytes of `value`: new ones, or written into `into`, which must be exactly `size` long or, given an
   * offset, have that much room from there. Padding is zeroed. Returns the array written to. Throws
   * CodecError: TYPE, RANGE, COUNT, LENGTH; `into` may then be half written.
   */
  encode(value: T, into?: Uint8Array, offset?: number): Uint8Array;
}

/** A view of the `size` bytes meant by (bytes, offset). */
export function viewOf(name: string, size: number, bytes: Uint8Array, offset: number | undefined): DataView {
  if (offset === undefined) {
    if (bytes.length !== size) throw new CodecError('LENGTH', name, `${bytes.length} bytes, expected ${size}`);
  } else if (!Number.isInteger(offset) || offset < 0 || offset + size > bytes.length) {
    throw new CodecError('LENGTH', name, `${size} bytes at offset ${offset} of ${bytes.length}`);
  }
  return new DataView(bytes.buffer, bytes.byteOffset + (offset ?? 0), size);
}

/** The codec of a layout; T is what its fields say. */
export function structCodec<T, S extends StructName>(
  layout: StructLayout & { readonly name: S },
  endian: Endian,
): StructCodec<T, S> {
  const part = structPart(layout, endian);
  const path = camel(layout.name);
  const { size } = layout;
  return {
    name: layout.name,
    size,
    endian,
    decode(bytes, offset) {
      const view = viewOf(path, size, bytes, offset);
      try {
        return part.read(view, 0) as T;
      } catch (error) {
        throw within(path, error);
      }
    },
    encode(value, into = new Uint8Array(size), offset) {
      const view = viewOf(path, size, into, offset);
      try {
        part.write(view, 0, value);
      } catch (error) {
        throw within(path, error);
      }
      return into;
    },
  };
}
