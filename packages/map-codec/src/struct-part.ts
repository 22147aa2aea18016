import { arrayPart, bytesPart } from './array-part.ts';
import { CodecError, within } from './codec-error.ts';
import { camel, isBytes, isHidden, layoutOf, onlyBytes, structOf } from './layout.ts';
import type { Endian, FieldLayout, StructLayout } from './layout.ts';
import { checkZero } from './padding.ts';
import type { Part } from './part.ts';
import { describe, scalarPart } from './scalar-part.ts';

interface FieldPart {
  readonly key: string;
  readonly offset: number;
  readonly part: Part;
  readonly hidden: boolean;
}

/** Zero on both ways. */
function zeroPart(size: number): Part {
  return {
    size,
    read(view, at) {
      checkZero(view, at, size);
    },
    write(view, at) {
      for (let index = 0; index < size; index++) view.setUint8(at + index, 0);
    },
  };
}

function elementPart(type: string, endian: Endian): Part {
  const struct = structOf(type);
  return struct === undefined ? scalarPart(type, endian) : structPart(layoutOf(struct), endian);
}

function valuePart(field: FieldLayout, endian: Endian): Part {
  if (isHidden(field)) return zeroPart(field.size);
  if (isBytes(field)) return bytesPart(field.size);
  const element = elementPart(field.type, endian);
  return field.count === undefined ? element : arrayPart(element, field.count);
}

function readField(field: FieldPart, view: DataView, at: number): unknown {
  try {
    return field.part.read(view, at + field.offset);
  } catch (error) {
    throw within(field.key, error);
  }
}

function writeField(field: FieldPart, view: DataView, at: number, value: unknown): void {
  try {
    field.part.write(view, at + field.offset, value);
  } catch (error) {
    throw within(field.key, error);
  }
}

/** A struct as an object with a property a field; a struct of nothing but bytes is these bytes. */
export function structPart(layout: StructLayout, endian: Endian): Part {
  if (onlyBytes(layout)) return bytesPart(layout.size);
  const fields = layout.fields.map((field) => ({
    key: camel(field.name),
    offset: field.offset,
    part: valuePart(field, endian),
    hidden: isHidden(field),
  }));
  return {
    size: layout.size,
    read(view, at) {
      const value: Record<string, unknown> = {};
      for (const field of fields) {
        const read = readField(field, view, at);
        if (!field.hidden) value[field.key] = read;
      }
      return value;
    },
    write(view, at, value) {
      if (typeof value !== 'object' || value === null) {
        throw new CodecError('TYPE', '', `expected an object, not ${describe(value)}`);
      }
      for (const field of fields) writeField(field, view, at, (value as Record<string, unknown>)[field.key]);
    },
  };
}
