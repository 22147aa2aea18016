import type { RawBtf } from './btf.ts';
import { Bytes, type Endian } from './bytes.ts';
import { ObjectError } from './error.ts';
import { checkLimit } from './limits.ts';
import { StringTable } from './strings.ts';

const BTF_MAGIC = 0xeb9f;
const HEADER_BYTES = 24;
const CORE_HEADER_BYTES = 32;

/** Records about the instructions of one section; `offset` is in bytes from its start, rising. */
export interface InfoRecord {
  offset: number;
  bytes: Uint8Array;
}

export interface InfoTable {
  /** Bytes of a record that every kernel knows; the object's may be longer, and are cut. */
  recordSize: number;
  /** By the name of the section. */
  records: Map<string, InfoRecord[]>;
}

export interface BtfExt {
  functions?: InfoTable;
  lines?: InfoTable;
}

/** Reads `.BTF.ext`, whose names and types are those of `.BTF`. */
export function readBtfExt(section: Bytes, btf: RawBtf): BtfExt {
  const headerBytes = section.u32(4);
  if (section.u16(0) !== BTF_MAGIC || section.u8(2) !== 1 || headerBytes < HEADER_BYTES) {
    throw new ObjectError('BTF_EXT', `.BTF.ext: magic ${section.u16(0)}, header of ${headerBytes} bytes`);
  }
  const names = new StringTable(btf.strings, 'BTF_STRING', 'BTF strings');
  const table = (at: number, least: number, what: string): InfoTable | undefined => {
    const length = section.u32(at + 4);
    if (length === 0) return undefined;
    const bytes = section.part(headerBytes + section.u32(at), length, `.BTF.ext ${what}`);
    return readTable(bytes, names, least, what);
  };
  if (headerBytes >= CORE_HEADER_BYTES && section.u32(28) > 4) {
    throw new ObjectError('CORE_RELOCATION', '.BTF.ext: the object has CO-RE relocations, which are not supported');
  }
  const functions = table(8, 8, 'function info');
  const lines = table(16, 16, 'line info');
  if (functions) checkFunctionTypes(functions, btf, section.endian);
  return { ...(functions && { functions }), ...(lines && { lines }) };
}

function readTable(bytes: Bytes, names: StringTable, least: number, what: string): InfoTable {
  const recordSize = bytes.u32(0);
  checkLimit('recordBytes', recordSize, `.BTF.ext ${what}: record size`);
  if (recordSize < least || recordSize % 4 !== 0) {
    throw new ObjectError('BTF_EXT', `.BTF.ext ${what}: records of ${recordSize} bytes`);
  }
  const records = new Map<string, InfoRecord[]>();
  for (let at = 4; at < bytes.length;) {
    const name = names.at(bytes.u32(at));
    const length = bytes.u32(at + 4) * recordSize;
    if (records.has(name)) throw new ObjectError('BTF_EXT', `.BTF.ext ${what}: section ${name} comes twice`);
    records.set(name, readRecords(bytes.part(at + 8, length, `.BTF.ext ${what} of ${name}`), recordSize, least, what));
    at += 8 + length;
  }
  return { recordSize: least, records };
}

function readRecords(bytes: Bytes, recordSize: number, keep: number, what: string): InfoRecord[] {
  let last = -1;
  return Array.from({ length: bytes.length / recordSize }, (_, index) => {
    const at = index * recordSize;
    const offset = bytes.u32(at);
    if (offset % 8 !== 0 || offset <= last) {
      throw new ObjectError('BTF_EXT', `.BTF.ext ${what}: a record at ${offset} after one at ${last}`);
    }
    last = offset;
    return { offset, bytes: bytes.part(at, keep, what).copy() };
  });
}

function checkFunctionTypes(table: InfoTable, { types }: RawBtf, endian: Endian): void {
  for (const [section, records] of table.records) {
    for (const { offset, bytes } of records) {
      const id = new Bytes(bytes, endian, 'function info').u32(4);
      if (types[id]?.kind === 'func') continue;
      throw new ObjectError('BTF_EXT', `.BTF.ext function info of ${section} + ${offset}: type ${id} is no function`);
    }
  }
}
