import type { BtfType } from './btf-types.ts';
import type { Bytes } from './bytes.ts';
import { ObjectError } from './error.ts';
import type { StringTable } from './strings.ts';

/** One record while it is read: its 12 common bytes, and where its own data starts. */
export interface BtfRecord {
  bytes: Bytes;
  names: StringTable;
  id: number;
  name: () => string;
  /** vlen: how many members, values, parameters or variables. */
  count: number;
  kindFlag: boolean;
  sizeOrType: number;
  /** Offset of what follows the common bytes. */
  at: number;
}

interface Kind {
  /** Bytes once, and bytes for each of `count`. */
  fixed: number;
  each: number;
  read: (record: BtfRecord) => BtfType;
}

const INT_SIGNED = 1;
const INT_CHAR = 2;
const INT_BOOL = 4;

/** The `count` parts of a record, each `size` bytes. */
function parts<T>(record: BtfRecord, size: number, read: (at: number) => T): T[] {
  return Array.from({ length: record.count }, (_, index) => read(record.at + index * size));
}

function readInt({ bytes, at, name, sizeOrType, id }: BtfRecord): BtfType {
  const data = bytes.u32(at);
  const encoding = (data >>> 24) & 15;
  const bits = data & 0xff;
  const bitOffset = (data >>> 16) & 0xff;
  if (![1, 2, 4, 8, 16].includes(sizeOrType) || bits === 0 || bits + bitOffset > sizeOrType * 8) {
    throw new ObjectError('BTF_TYPE', `BTF type ${id}: an integer of ${sizeOrType} bytes and ${bits} bits`);
  }
  return {
    kind: 'int',
    name: name(),
    size: sizeOrType,
    bits,
    bitOffset,
    signed: (encoding & INT_SIGNED) !== 0,
    char: (encoding & INT_CHAR) !== 0,
    bool: (encoding & INT_BOOL) !== 0,
  };
}

function readComposite(kind: 'struct' | 'union', record: BtfRecord): BtfType {
  const members = parts(record, 12, (at) => {
    const offset = record.bytes.u32(at + 8);
    return {
      name: record.names.at(record.bytes.u32(at)),
      type: record.bytes.u32(at + 4),
      bitOffset: record.kindFlag ? offset & 0xff_ffff : offset,
      bitSize: record.kindFlag ? offset >>> 24 : 0,
    };
  });
  return { kind, name: record.name(), size: record.sizeOrType, members };
}

function readEnum(record: BtfRecord): BtfType {
  const values = parts(record, 8, (at) => ({
    name: record.names.at(record.bytes.u32(at)),
    // Before the flag existed (clang 14) every value was written as a signed 32-bit number.
    value: record.bytes.i32(at + 4),
  }));
  const signed = record.kindFlag || values.some(({ value }) => value < 0);
  return { kind: 'enum', name: record.name(), size: record.sizeOrType, signed, values };
}

function readEnum64(record: BtfRecord): BtfType {
  const values = parts(record, 12, (at) => {
    const bits = (BigInt(record.bytes.u32(at + 8)) << 32n) | BigInt(record.bytes.u32(at + 4));
    return {
      name: record.names.at(record.bytes.u32(at)),
      value: record.kindFlag ? BigInt.asIntN(64, bits) : bits,
    };
  });
  return { kind: 'enum64', name: record.name(), size: record.sizeOrType, signed: record.kindFlag, values };
}

const modifier = (kind: 'ptr' | 'volatile' | 'const' | 'restrict'): Kind => ({
  fixed: 0,
  each: 0,
  read: ({ sizeOrType }) => ({ kind, type: sizeOrType }),
});

const named = (kind: 'typedef' | 'type_tag'): Kind => ({
  fixed: 0,
  each: 0,
  read: ({ name, sizeOrType }) => ({ kind, name: name(), type: sizeOrType }),
});

const composite = (kind: 'struct' | 'union'): Kind => ({
  fixed: 0,
  each: 12,
  read: (record) => readComposite(kind, record),
});

const ARRAY: Kind = {
  fixed: 12,
  each: 0,
  read: ({ bytes, at }) => ({
    kind: 'array',
    type: bytes.u32(at),
    indexType: bytes.u32(at + 4),
    count: bytes.u32(at + 8),
  }),
};

const FWD: Kind = {
  fixed: 0,
  each: 0,
  read: ({ name, kindFlag }) => ({ kind: 'fwd', name: name(), union: kindFlag }),
};

/** A FUNC has its linkage where others have their count. */
const FUNC: Kind = {
  fixed: 0,
  each: 0,
  read: ({ name, sizeOrType, count }) => ({ kind: 'func', name: name(), type: sizeOrType, linkage: count }),
};

const FUNC_PROTO: Kind = {
  fixed: 0,
  each: 8,
  read: (record) => ({
    kind: 'func_proto',
    type: record.sizeOrType,
    parameters: parts(record, 8, (at) => ({
      name: record.names.at(record.bytes.u32(at)),
      type: record.bytes.u32(at + 4),
    })),
  }),
};

const VAR: Kind = {
  fixed: 4,
  each: 0,
  read: ({ bytes, at, name, sizeOrType }) => ({
    kind: 'var',
    name: name(),
    type: sizeOrType,
    linkage: bytes.u32(at),
  }),
};

const DATASEC: Kind = {
  fixed: 0,
  each: 12,
  read: (record) => ({
    kind: 'datasec',
    name: record.name(),
    size: record.sizeOrType,
    variables: parts(record, 12, (at) => ({
      type: record.bytes.u32(at),
      offset: record.bytes.u32(at + 4),
      size: record.bytes.u32(at + 8),
    })),
  }),
};

const FLOAT: Kind = {
  fixed: 0,
  each: 0,
  read: ({ name, sizeOrType }) => ({ kind: 'float', name: name(), size: sizeOrType }),
};

const DECL_TAG: Kind = {
  fixed: 4,
  each: 0,
  read: ({ bytes, at, name, sizeOrType }) => ({
    kind: 'decl_tag',
    name: name(),
    type: sizeOrType,
    component: bytes.i32(at),
  }),
};

/** By BTF_KIND_…: 1 (INT) to 19 (ENUM64). */
export const KINDS: readonly (Kind | undefined)[] = [
  undefined,
  { fixed: 4, each: 0, read: readInt },
  modifier('ptr'),
  ARRAY,
  composite('struct'),
  composite('union'),
  { fixed: 0, each: 8, read: readEnum },
  FWD,
  named('typedef'),
  modifier('volatile'),
  modifier('const'),
  modifier('restrict'),
  FUNC,
  FUNC_PROTO,
  VAR,
  DATASEC,
  FLOAT,
  DECL_TAG,
  named('type_tag'),
  { fixed: 0, each: 12, read: readEnum64 },
];
