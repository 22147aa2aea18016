import { copyBytes } from './array-part.ts';
import { CodecError } from './codec-error.ts';
import { camel, isBytes, isHidden, layoutOf, onlyBytes, structOf } from './layout.ts';
import type { FieldLayout, StructLayout } from './layout.ts';
import { safeNumber, ticksOf } from './ticks.ts';

type Getter = (index: number, element?: number) => unknown;

/** Where the bytes are that a getter looks at. */
interface Window {
  bytes: Uint8Array;
  view: DataView;
  base: number;
  length: number;
}

const NOTHING = new Uint8Array(0);

/** A window on no records. */
function emptyWindow(): Window {
  return { bytes: NOTHING, view: new DataView(NOTHING.buffer), base: 0, length: 0 };
}

/** The getters of one struct over a window that its owner moves. */
export interface Flyweight {
  readonly window: Window;
  /** Has the getters as its prototype: V8 keeps those fast and inlines them, whatever their number. */
  readonly records: { readonly length: number };
}

interface Context {
  readonly window: Window;
  readonly stride: number;
  readonly little: boolean;
  readonly getters: Record<string, Getter>;
}

/** Apart from the getters, which stay short enough for V8 to inline: a number that one returns is then not boxed. */
function refuse(index: number, length: number, path: string): never {
  throw new CodecError('INDEX', path, `${index} of ${length}`);
}

/** Finds a field's bytes in a record; with `count` those of an element. The one check of every getter. */
function placer(context: Context, field: FieldLayout, count?: number): (index: number, element?: number) => number {
  const { window, stride } = context;
  const { offset } = field;
  const path = camel(field.name);
  if (count === undefined) {
    return (index) => {
      if (index >>> 0 !== index || index >= window.length) refuse(index, window.length, path);
      return window.base + index * stride + offset;
    };
  }
  const size = field.size / count;
  return (index, element = -1) => {
    if (index >>> 0 !== index || index >= window.length) refuse(index, window.length, path);
    if (element >>> 0 !== element || element >= count) refuse(element, count, path);
    return window.base + index * stride + offset + element * size;
  };
}

function addNumber(context: Context, field: FieldLayout): void {
  const { window, getters } = context;
  const key = camel(field.name);
  const place = placer(context, field, field.count);
  const little = context.little && !field.type.startsWith('be');
  const size = field.size / (field.count ?? 1);
  if (size === 1) getters[key] = (index, element) => window.view.getUint8(place(index, element));
  else if (size === 2) getters[key] = (index, element) => window.view.getUint16(place(index, element), little);
  else getters[key] = (index, element) => window.view.getUint32(place(index, element), little);
}

function addU64(context: Context, field: FieldLayout): void {
  const { window, getters, little } = context;
  const key = camel(field.name);
  const place = placer(context, field, field.count);
  const [highAt, lowAt] = little ? [4, 0] : [0, 4];
  getters[key] = (index, element) => window.view.getBigUint64(place(index, element), little);
  getters[`${key}High`] = (index, element) => window.view.getUint32(place(index, element) + highAt, little);
  getters[`${key}Low`] = (index, element) => window.view.getUint32(place(index, element) + lowAt, little);
  const joined = (join: (high: number, low: number, path: string) => number): Getter => {
    return (index, element) => {
      const at = place(index, element);
      return join(window.view.getUint32(at + highAt, little), window.view.getUint32(at + lowAt, little), key);
    };
  };
  getters[`${key}Number`] = joined(safeNumber);
  if (field.name.endsWith('_ns')) getters[`${key}Ticks`] = joined(ticksOf);
}

function addBytes(context: Context, field: FieldLayout): void {
  const { window, getters } = context;
  const key = camel(field.name);
  const place = placer(context, field);
  getters[key] = (index) => copyBytes(window.view, place(index), field.size);
  getters[`${key}Offset`] = place;
}

function addStructs(context: Context, field: FieldLayout, layout: StructLayout): void {
  const { window, getters } = context;
  const place = placer(context, field);
  const inner = flyweight(layout, layout.size, context.little);
  const length = field.count ?? 1;
  getters[camel(field.name)] = (index) => {
    inner.window.base = place(index);
    inner.window.bytes = window.bytes;
    inner.window.view = window.view;
    inner.window.length = length;
    return inner.records;
  };
}

function addField(context: Context, field: FieldLayout): void {
  const struct = structOf(field.type);
  const layout = struct === undefined ? undefined : layoutOf(struct);
  if (isBytes(field) || (layout && onlyBytes(layout) && field.count === undefined)) addBytes(context, field);
  else if (layout) addStructs(context, field, layout);
  else if (field.type === 'u64') addU64(context, field);
  else addNumber(context, field);
}

/** Getters for records of that layout, `stride` bytes apart. */
export function flyweight(layout: StructLayout, stride: number, little: boolean): Flyweight {
  const window = emptyWindow();
  const getters: Record<string, Getter> = {};
  for (const field of layout.fields) if (!isHidden(field)) addField({ window, stride, little, getters }, field);
  const records = Object.create(getters, { length: { get: () => window.length, enumerable: true } }) as {
    readonly length: number;
  };
  return { window, records };
}
