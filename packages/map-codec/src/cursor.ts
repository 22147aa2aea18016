import { CodecError, within } from './codec-error.ts';
import type { Cursor } from './cursor-type.ts';
import { flyweight } from './flyweight.ts';
import type { Flyweight } from './flyweight.ts';
import { camel, layoutOf } from './layout.ts';
import type { StructLayout, StructName } from './layout.ts';
import { checkPaddings, paddingsOf } from './padding.ts';
import type { Padding } from './padding.ts';
import type { StructCodec } from './struct-codec.ts';

/** What is not the struct's own business. */
export interface CursorOptions {
  /** Bytes from one record to the next (default: the struct's size); what is between them must be zero. */
  readonly stride?: number;
}

function paddingsBetween(layout: StructLayout, stride: number): Padding[] {
  const gap = { path: 'gap', offset: layout.size, size: stride - layout.size };
  return gap.size === 0 ? paddingsOf(layout) : [...paddingsOf(layout), gap];
}

function countRecords(path: string, stride: number, bytes: Uint8Array, offset: number, length?: number): number {
  const room = bytes.length - offset;
  const count = length ?? room / stride;
  const whole = Number.isInteger(offset) && offset >= 0 && Number.isInteger(count) && count >= 0;
  if (!whole || count * stride > room) {
    throw new CodecError(
      'LENGTH',
      path,
      `${length ?? 'whole'} records of ${stride} at ${offset} of ${bytes.length} bytes`,
    );
  }
  return count;
}

function move({ window }: Flyweight, paddings: readonly Padding[], stride: number, count: number, base: number): void {
  for (let index = 0; index < count && paddings.length > 0; index++) {
    try {
      checkPaddings(paddings, window.view, base + index * stride);
    } catch (error) {
      throw within(`[${index}]`, error);
    }
  }
  window.base = base;
  window.length = count;
}

/**
 * A flyweight over records that lie one after the other: a batch of values, or one record of a ring
 * buffer after the other. See `Records` for its getters. Throws CodecError as `over` does.
 */
export function cursor<T, S extends StructName>(
  codec: StructCodec<T, S>,
  bytes: Uint8Array = new Uint8Array(0),
  options: CursorOptions = {},
): Cursor<S, T> {
  const layout = layoutOf(codec.name);
  const path = camel(codec.name);
  const stride = options.stride ?? layout.size;
  if (!Number.isInteger(stride) || stride < layout.size) {
    throw new CodecError('RANGE', path, `stride ${stride} is less than the struct's ${layout.size} bytes`);
  }
  const paddings = paddingsBetween(layout, stride);
  const fly = flyweight(layout, stride, codec.endian === 'little');
  const { window } = fly;
  const records = Object.assign(fly.records, {
    over(next: Uint8Array, offset = 0, length?: number) {
      window.length = 0;
      const count = countRecords(path, stride, next, offset, length);
      if (window.bytes !== next) {
        window.view = new DataView(next.buffer, next.byteOffset, next.length);
        window.bytes = next;
      }
      try {
        move(fly, paddings, stride, count, offset);
      } catch (error) {
        throw within(path, error);
      }
      return records;
    },
    decode(index: number) {
      if (!Number.isInteger(index) || index < 0 || index >= window.length) {
        throw new CodecError('INDEX', path, `${index} of ${window.length}`);
      }
      return codec.decode(window.bytes, window.base + index * stride);
    },
  }) as Cursor<S, T>;
  return records.over(bytes);
}
