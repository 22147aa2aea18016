import { CodecError, within } from './codec-error.ts';
import { camel, isHidden, layoutOf, structOf } from './layout.ts';
import type { FieldLayout, StructLayout } from './layout.ts';

/** Bytes that are always zero, from the start of the struct, and the field's path. */
export interface Padding {
  readonly path: string;
  readonly offset: number;
  readonly size: number;
}

function paddingsOfField(field: FieldLayout): Padding[] {
  const path = camel(field.name);
  if (isHidden(field)) return [{ path, offset: field.offset, size: field.size }];
  const struct = structOf(field.type);
  if (struct === undefined) return [];
  const inner = paddingsOf(layoutOf(struct));
  const { count } = field;
  return Array.from({ length: count ?? 1 }, (_, index) => index).flatMap((index) =>
    inner.map((padding) => ({
      path: `${path}${count === undefined ? '' : `[${index}]`}.${padding.path}`,
      offset: field.offset + (index * field.size) / (count ?? 1) + padding.offset,
      size: padding.size,
    })),
  );
}

/** All padding of a struct, also that of the structs in it. */
export function paddingsOf(layout: StructLayout): Padding[] {
  return layout.fields.flatMap(paddingsOfField);
}

/** Refuses padding that holds anything. */
export function checkZero(view: DataView, at: number, size: number): void {
  for (let index = 0; index < size; index++) {
    if (view.getUint8(at + index) !== 0)
      throw new CodecError('PADDING', '', `byte ${index} of the padding is not zero`);
  }
}

/** Checks the padding of the record that begins at `at`. */
export function checkPaddings(paddings: readonly Padding[], view: DataView, at: number): void {
  for (const { path, offset, size } of paddings) {
    try {
      checkZero(view, at + offset, size);
    } catch (error) {
      throw within(path, error);
    }
  }
}
