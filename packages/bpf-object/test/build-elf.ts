import type { Endian } from '../src/index.ts';
import { Names, Writer } from './writer.ts';

export interface BuiltSection {
  name: string;
  type?: number;
  flags?: number;
  bytes?: Uint8Array;
  /** Claimed size, where it is not that of `bytes`. */
  size?: number | bigint;
  /** Claimed place in the file. */
  offset?: number;
  link?: number;
  info?: number;
  entrySize?: number;
}

export interface BuiltSymbol {
  name: string;
  /** (binding << 4) | type */
  info: number;
  section: number;
  value: number;
  size: number;
  other?: number;
}

export const GLOBAL_FUNC = 0x12;
export const LOCAL_FUNC = 0x02;
export const GLOBAL_OBJECT = 0x11;

/** A symbol table's bytes and those of its names. */
export function buildSymbols(endian: Endian, symbols: BuiltSymbol[]): { table: Uint8Array; names: Uint8Array } {
  const names = new Names();
  const table = new Writer(endian).u64(0, 0, 0);
  for (const { name, info, section, value, size, other } of symbols) {
    table
      .u32(names.add(name))
      .u8(info, other ?? 0)
      .u16(section)
      .u64(value, size);
  }
  return { table: table.done(), names: names.done() };
}

/** An ELF64 relocatable BPF object: section 1 is the first of `sections`, the names of all come last. */
export function buildElf(endian: Endian, sections: BuiltSection[]): Uint8Array {
  const names = new Names();
  const headers = new Writer(endian).raw(new Uint8Array(64));
  const content = new Writer(endian);
  for (const section of [...sections, { name: '.strtab', type: 3 } as BuiltSection]) {
    const name = names.add(section.name);
    const bytes = section.name === '.strtab' ? names.done() : (section.bytes ?? new Uint8Array());
    const offset = section.offset ?? 64 + content.length;
    headers.u32(name, section.type ?? 1).u64(section.flags ?? 0, 0, offset, section.size ?? bytes.length);
    headers.u32(section.link ?? 0, section.info ?? 0).u64(1, section.entrySize ?? 0);
    content.raw(bytes);
  }
  const header = new Writer(endian)
    .u8(0x7f, 0x45, 0x4c, 0x46, 2, endian === 'little' ? 1 : 2, 1, 0)
    .u64(0)
    .u16(1, 247)
    .u32(1)
    .u64(0, 0, 64 + content.length)
    .u32(0)
    .u16(64, 0, 0, 64, sections.length + 2, sections.length + 1);
  return header.raw(content.done()).raw(headers.done()).done();
}

/** An object with these sections, these symbols and a section of code for each entry of `code` (after the sections). */
export function buildObject(endian: Endian, sections: BuiltSection[], symbols: BuiltSymbol[]): Uint8Array {
  const { table, names } = buildSymbols(endian, symbols);
  return buildElf(endian, [
    ...sections,
    { name: '.symtab', type: 2, bytes: table, entrySize: 24, link: sections.length + 2 },
    { name: '.symnames', type: 3, bytes: names },
  ]);
}
