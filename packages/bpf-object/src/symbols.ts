import { type Elf, SHT_STRTAB, SHT_SYMTAB } from './elf.ts';
import { ObjectError } from './error.ts';
import { StringTable } from './strings.ts';

export const STT_OBJECT = 1;
export const STT_FUNC = 2;
export const STT_SECTION = 3;
export const STB_LOCAL = 0;
const STV_INTERNAL = 1;
const STV_HIDDEN = 2;

const SYMBOL_BYTES = 24;

/** A symbol; `section` 0 is one that the object only names (extern). */
export interface ElfSymbol {
  name: string;
  type: number;
  local: boolean;
  /** Global in the object, but not meant to be seen from outside: the verifier may treat it as static. */
  hidden: boolean;
  section: number;
  value: number;
  size: number;
}

/** All symbols, by index. An object without a symbol table has none. */
export function readSymbols(elf: Elf): ElfSymbol[] {
  const [table, second] = elf.sections.slice(1).filter((section) => section.type === SHT_SYMTAB);
  if (second) throw new ObjectError('ELF_SYMBOL', `section ${second.name}: is a second symbol table`);
  if (!table) return [];
  if (table.entrySize !== SYMBOL_BYTES || table.bytes.length % SYMBOL_BYTES !== 0) {
    throw new ObjectError('ELF_SYMBOL', `section ${table.name}: ${table.size} bytes, ${table.entrySize} a symbol`);
  }
  const strings = elf.sections[table.link];
  if (strings?.type !== SHT_STRTAB) {
    throw new ObjectError('ELF_SYMBOL', `section ${table.name}: section ${table.link} does not hold its names`);
  }
  const names = new StringTable(strings.bytes, 'ELF_STRING', 'symbol names');
  return Array.from({ length: table.bytes.length / SYMBOL_BYTES }, (_, index) => {
    const at = index * SYMBOL_BYTES;
    const info = table.bytes.u8(at + 4);
    const visibility = table.bytes.u8(at + 5) & 3;
    return {
      name: names.at(table.bytes.u32(at)),
      type: info & 15,
      local: info >> 4 === STB_LOCAL,
      hidden: visibility === STV_HIDDEN || visibility === STV_INTERNAL,
      section: table.bytes.u16(at + 6),
      value: table.bytes.u64(at + 8),
      size: table.bytes.u64(at + 16),
    };
  });
}
