import { type BtfRecord, KINDS } from './btf-kinds.ts';
import type { BtfType } from './btf-types.ts';
import { Bytes, type Endian } from './bytes.ts';
import { ObjectError } from './error.ts';
import { StringTable } from './strings.ts';

const BTF_MAGIC = 0xeb9f;
const HEADER_BYTES = 24;
const TYPE_BYTES = 12;

/** Type information as read, before {@link fixBtf} mends it. */
export interface RawBtf {
  /** Header of 24 bytes, types, strings, with nothing between; a copy. */
  bytes: Uint8Array;
  types: BtfType[];
  /** Where in `bytes` each type's record starts. */
  positions: number[];
  /** Names of types, sections and files, and the lines of the source. */
  strings: Bytes;
}

/** Parses `.BTF`. */
export function readBtf(section: Bytes): RawBtf {
  const { types, strings } = readParts(section);
  const bytes = pack(types.copy(), strings.copy(), section.endian);
  return parseBtf(bytes, section.endian);
}

/** Parses packed BTF (the `bytes` of a {@link RawBtf}). */
export function parseBtf(bytes: Uint8Array, endian: Endian): RawBtf {
  const { types, strings } = readParts(new Bytes(bytes, endian, '.BTF'));
  const names = new StringTable(strings, 'BTF_STRING', 'BTF strings');
  const raw: RawBtf = { bytes, types: [{ kind: 'void' }], positions: [0], strings };
  for (let at = 0; at < types.length;) {
    raw.positions.push(HEADER_BYTES + at);
    const { type, next } = readType(types, names, at, raw.types.length);
    raw.types.push(type);
    at = next;
  }
  checkReferences(raw.types);
  return raw;
}

function readParts(section: Bytes): { types: Bytes; strings: Bytes } {
  const magic = section.u16(0);
  const version = section.u8(2);
  const flags = section.u8(3);
  const headerBytes = section.u32(4);
  if (magic !== BTF_MAGIC || version !== 1 || flags !== 0 || headerBytes < HEADER_BYTES) {
    throw new ObjectError(
      'BTF_HEADER',
      `.BTF: magic ${magic}, version ${version}, flags ${flags}, header of ${headerBytes} bytes`,
    );
  }
  const strings = section.part(headerBytes + section.u32(16), section.u32(20), 'BTF strings');
  if (strings.length === 0 || strings.u8(0) !== 0 || strings.u8(strings.length - 1) !== 0) {
    throw new ObjectError('BTF_STRING', 'BTF strings: do not start and end with a NUL');
  }
  const typeOffset = section.u32(8);
  if (typeOffset % 4 !== 0) throw new ObjectError('BTF_HEADER', `.BTF: types at ${typeOffset}, not a multiple of 4`);
  return { types: section.part(headerBytes + typeOffset, section.u32(12), 'BTF types'), strings };
}

/** The layout that every kernel takes: no gaps, no header that is longer than it knows. */
function pack(types: Uint8Array, strings: Uint8Array, endian: Endian): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + types.length + strings.length);
  const view = new DataView(bytes.buffer);
  const little = endian === 'little';
  view.setUint16(0, BTF_MAGIC, little);
  view.setUint8(2, 1);
  view.setUint32(4, HEADER_BYTES, little);
  view.setUint32(12, types.length, little);
  view.setUint32(16, types.length, little);
  view.setUint32(20, strings.length, little);
  bytes.set(types, HEADER_BYTES);
  bytes.set(strings, HEADER_BYTES + types.length);
  return bytes;
}

function readType(bytes: Bytes, names: StringTable, at: number, id: number): { type: BtfType; next: number } {
  const info = bytes.u32(at + 4);
  const kind = KINDS[(info >>> 24) & 31];
  if (!kind) throw new ObjectError('BTF_TYPE', `BTF type ${id}: unknown kind ${(info >>> 24) & 31}`);
  const record: BtfRecord = {
    bytes,
    names,
    id,
    name: () => names.at(bytes.u32(at)),
    count: info & 0xffff,
    kindFlag: info >>> 31 === 1,
    sizeOrType: bytes.u32(at + 8),
    at: at + TYPE_BYTES,
  };
  const length = kind.fixed + kind.each * record.count;
  bytes.part(record.at, length, `BTF type ${id}`);
  return { type: kind.read(record), next: record.at + length };
}

function checkReferences(types: BtfType[]): void {
  types.forEach((type, id) => {
    for (const reference of references(type)) {
      if (reference >= types.length) {
        throw new ObjectError('BTF_TYPE', `BTF type ${id}: refers to type ${reference}, there are ${types.length}`);
      }
    }
  });
}

function references(type: BtfType): number[] {
  const ids = 'type' in type ? [type.type] : [];
  switch (type.kind) {
    case 'array':
      return [...ids, type.indexType];
    case 'struct':
    case 'union':
      return type.members.map((member) => member.type);
    case 'func_proto':
      return [...ids, ...type.parameters.map((parameter) => parameter.type)];
    case 'datasec':
      return type.variables.map((variable) => variable.type);
    default:
      return ids;
  }
}
