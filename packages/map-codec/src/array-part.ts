import { CodecError, within } from './codec-error.ts';
import type { Part } from './part.ts';
import { describe } from './scalar-part.ts';

/** `count` values, one after the other. */
export function arrayPart(element: Part, count: number): Part {
  return {
    size: element.size * count,
    read(view, at) {
      const values: unknown[] = [];
      for (let index = 0; index < count; index++) values.push(readElement(element, view, at, index));
      return values;
    },
    write(view, at, value) {
      if (!Array.isArray(value)) throw new CodecError('TYPE', '', `expected an array, not ${describe(value)}`);
      if (value.length !== count) throw new CodecError('COUNT', '', `has ${value.length} elements, expected ${count}`);
      for (let index = 0; index < count; index++) writeElement(element, view, at, index, value[index]);
    },
  };
}

function readElement(element: Part, view: DataView, at: number, index: number): unknown {
  try {
    return element.read(view, at + index * element.size);
  } catch (error) {
    throw within(`[${index}]`, error);
  }
}

function writeElement(element: Part, view: DataView, at: number, index: number, value: unknown): void {
  try {
    element.write(view, at + index * element.size, value);
  } catch (error) {
    throw within(`[${index}]`, error);
  }
}

/** `count` bytes: copied out and in, never shared. */
export function bytesPart(count: number): Part {
  return {
    size: count,
    read(view, at) {
      return copyBytes(view, at, count);
    },
    write(view, at, value) {
      if (!(value instanceof Uint8Array)) {
        throw new CodecError('TYPE', '', `expected a Uint8Array, not ${describe(value)}`);
      }
      if (value.length !== count) throw new CodecError('COUNT', '', `has ${value.length} bytes, expected ${count}`);
      for (let index = 0; index < count; index++) view.setUint8(at + index, value[index]!);
    },
  };
}

/** A plain Uint8Array of its own, whatever kind of array the view stands on. */
export function copyBytes(view: DataView, at: number, count: number): Uint8Array {
  const copy = new Uint8Array(count);
  for (let index = 0; index < count; index++) copy[index] = view.getUint8(at + index);
  return copy;
}
