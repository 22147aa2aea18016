import { Bytes, type Endian } from './bytes.ts';
import { ObjectError } from './error.ts';
import { groupBy } from './group.ts';
import { checkLimit } from './limits.ts';
import { StringTable } from './strings.ts';

export const SHT_PROGBITS = 1;
export const SHT_SYMTAB = 2;
export const SHT_STRTAB = 3;
export const SHT_RELA = 4;
export const SHT_NOBITS = 8;
export const SHT_REL = 9;
export const SHF_EXECINSTR = 4;
const SHF_COMPRESSED = 0x800;

const HEADER_BYTES = 64;
const SECTION_BYTES = 64;
const SHN_LORESERVE = 0xff00;
const ET_REL = 1;
const EM_BPF = 247;

/** A section; `bytes` is empty when the file holds none (SHT_NOBITS), `size` is then only a claim. */
export interface Section {
  index: number;
  name: string;
  type: number;
  flags: number;
  size: number;
  link: number;
  info: number;
  entrySize: number;
  bytes: Bytes;
}

/** Sections by index; index 0 is the empty one that ELF demands. */
export interface Elf {
  endian: Endian;
  sections: Section[];
  named: ReadonlyMap<string, Section[]>;
}

/** Reads the header and the sections of an ELF64 relocatable BPF object. */
export function readElf(bytes: Uint8Array): Elf {
  checkLimit('objectBytes', bytes.length, 'object');
  const endian = readEndian(bytes);
  const file = new Bytes(bytes, endian, 'ELF header');
  checkHeader(file);
  const count = file.u16(60);
  const table = file.part(file.u64(40), count * SECTION_BYTES, 'section headers');
  const headers = Array.from({ length: count }, (_, index) => readSectionHeader(table, index));
  checkOverlap(headers, bytes.length);
  const names = sectionNames(file, headers);
  const sections = headers.map((header) => toSection(file, header, names));
  return { endian, sections, named: groupBy(sections.slice(1), (section) => section.name) };
}

function readEndian(bytes: Uint8Array): Endian {
  const [m0, m1, m2, m3, elfClass, data] = bytes;
  if (m0 !== 0x7f || m1 !== 0x45 || m2 !== 0x4c || m3 !== 0x46) {
    throw new ObjectError('ELF_HEADER', 'ELF header: the file does not start with the ELF magic');
  }
  if (elfClass !== 2) throw new ObjectError('ELF_HEADER', `ELF header: class ${elfClass ?? 'none'} is not ELF64`);
  if (data !== 1 && data !== 2) throw new ObjectError('ELF_HEADER', `ELF header: unknown endian ${data ?? 'none'}`);
  return data === 1 ? 'little' : 'big';
}

function checkHeader(file: Bytes): void {
  file.part(0, HEADER_BYTES, 'ELF header');
  const expect = (what: string, value: number, wanted: number): void => {
    if (value !== wanted) throw new ObjectError('ELF_HEADER', `ELF header: ${what} is ${value}, not ${wanted}`);
  };
  expect('version', file.u8(6), 1);
  expect('type (ET_REL)', file.u16(16), ET_REL);
  expect('machine (EM_BPF)', file.u16(18), EM_BPF);
  expect('size of a section header', file.u16(58), SECTION_BYTES);
  const count = file.u16(60);
  if (count === 0 || count >= SHN_LORESERVE) {
    throw new ObjectError('ELF_HEADER', `ELF header: ${count} sections (extended numbering is not read)`);
  }
}

type SectionHeader = Omit<Section, 'name' | 'bytes'> & { nameOffset: number; offset: number };

function readSectionHeader(table: Bytes, index: number): SectionHeader {
  const at = index * SECTION_BYTES;
  return {
    index,
    nameOffset: table.u32(at),
    type: table.u32(at + 4),
    flags: table.u64(at + 8),
    offset: table.u64(at + 24),
    size: table.u64(at + 32),
    link: table.u32(at + 40),
    info: table.u32(at + 44),
    entrySize: table.u64(at + 56),
  };
}

const inFile = (header: SectionHeader): boolean => header.index > 0 && header.type !== 0 && header.type !== SHT_NOBITS;

/** Sections that share bytes would let a small file describe a huge object. */
function checkOverlap(headers: SectionHeader[], length: number): void {
  const filled = headers.filter((header) => inFile(header) && header.size > 0).sort((a, b) => a.offset - b.offset);
  let end = 0;
  for (const { index, offset, size } of filled) {
    if (offset + size > length) {
      throw new ObjectError('TRUNCATED', `section ${index}: needs ${size} bytes at ${offset}, the file has ${length}`);
    }
    if (offset < end) throw new ObjectError('ELF_SECTION', `section ${index}: overlaps the one before it at ${offset}`);
    end = offset + size;
  }
}

function sectionNames(file: Bytes, headers: SectionHeader[]): StringTable {
  const header = headers[file.u16(62)];
  if (header?.type !== SHT_STRTAB) {
    throw new ObjectError('ELF_HEADER', `ELF header: section ${file.u16(62)} does not hold the sections' names`);
  }
  return new StringTable(file.part(header.offset, header.size, 'section names'), 'ELF_STRING', 'section names');
}

function toSection(file: Bytes, header: SectionHeader, names: StringTable): Section {
  const { nameOffset, offset, ...rest } = header;
  const name = header.index === 0 ? '' : names.at(nameOffset);
  if (Math.floor(header.flags / SHF_COMPRESSED) % 2 === 1 && header.index > 0) {
    throw new ObjectError('ELF_SECTION', `section ${name}: is compressed`);
  }
  const filled = inFile(header) && header.size > 0;
  return { ...rest, name, bytes: file.part(filled ? offset : 0, filled ? header.size : 0, `section ${name}`) };
}

/** The one section of this name; none is undefined, two are an error. */
export function sectionNamed(elf: Elf, name: string): Section | undefined {
  const [found, second] = elf.named.get(name) ?? [];
  if (second) throw new ObjectError('DUPLICATE_NAME', `section ${name}: there are two of this name`);
  return found;
}

/** Whether the section holds instructions. */
export function isCode(section: Section): boolean {
  return section.type === SHT_PROGBITS && Math.floor(section.flags / SHF_EXECINSTR) % 2 === 1;
}
