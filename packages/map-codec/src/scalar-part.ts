import { CodecError } from './codec-error.ts';
import type { Endian } from './layout.ts';
import type { Part } from './part.ts';

const U64_MAX = 0xffff_ffff_ffff_ffffn;

function checkNumber(value: unknown, max: number): number {
  if (typeof value !== 'number') throw new CodecError('TYPE', '', `expected a number, not ${describe(value)}`);
  if (!Number.isInteger(value) || value < 0 || value > max || Object.is(value, -0)) {
    throw new CodecError('RANGE', '', `${Object.is(value, -0) ? '-0' : value} is not an integer from 0 to ${max}`);
  }
  return value;
}

function checkBigint(value: unknown): bigint {
  if (typeof value !== 'bigint') throw new CodecError('TYPE', '', `expected a bigint, not ${describe(value)}`);
  if (value < 0n || value > U64_MAX) throw new CodecError('RANGE', '', `${value.toString()} is not from 0 to 2^64 - 1`);
  return value;
}

/** What a wrong value is, for a message. */
export function describe(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
}

const u8: Part = {
  size: 1,
  read: (view, at) => view.getUint8(at),
  write: (view, at, value) => view.setUint8(at, checkNumber(value, 0xff)),
};

const u16 = (little: boolean): Part => ({
  size: 2,
  read: (view, at) => view.getUint16(at, little),
  write: (view, at, value) => view.setUint16(at, checkNumber(value, 0xffff), little),
});

const u32 = (little: boolean): Part => ({
  size: 4,
  read: (view, at) => view.getUint32(at, little),
  write: (view, at, value) => view.setUint32(at, checkNumber(value, 0xffff_ffff), little),
});

const u64 = (little: boolean): Part => ({
  size: 8,
  read: (view, at) => view.getBigUint64(at, little),
  write: (view, at, value) => view.setBigUint64(at, checkBigint(value), little),
});

/** The numbers of bpf/types.h on a machine of that byte order. */
export function scalarPart(type: string, endian: Endian): Part {
  const little = endian === 'little';
  switch (type) {
    case 'u8':
      return u8;
    case 'u16':
      return u16(little);
    case 'u32':
      return u32(little);
    case 'u64':
      return u64(little);
    case 'be16':
      return u16(false);
    case 'be32':
      return u32(false);
    default:
      throw new TypeError(`no codec for ${type}`);
  }
}
