import { type Elf, isCode, type Section, SHT_REL, SHT_RELA } from './elf.ts';
import { ObjectError } from './error.ts';
import { isData } from './data.ts';
import { INSTRUCTION_BYTES } from './instruction.ts';
import type { ElfSymbol } from './symbols.ts';

/** Of a ld_imm64. */
export const R_BPF_64_64 = 1;
/** Of a call. */
export const R_BPF_64_32 = 10;
const ENTRY_BYTES = 16;

export interface Relocation {
  type: number;
  symbol: ElfSymbol;
}

/** Relocations of the code: by section, then by the index of the instruction in the section. */
export function readRelocations(elf: Elf, symbols: readonly ElfSymbol[]): Map<number, Map<number, Relocation>> {
  const found = new Map<number, Map<number, Relocation>>();
  for (const section of elf.sections.slice(1)) {
    if ((section.type !== SHT_REL && section.type !== SHT_RELA) || section.size === 0) continue;
    const target = elf.sections[section.info];
    if (!target) throw new ObjectError('RELOCATION', `section ${section.name}: is about section ${section.info}`);
    refuseData(target);
    if (!isCode(target)) continue;
    if (found.has(target.index)) throw new ObjectError('RELOCATION', `section ${section.name}: is a second one`);
    found.set(target.index, readSection(section, target, symbols));
  }
  return found;
}

/** A pointer in initialised data would need an address that exists only in the kernel. */
function refuseData(target: Section): void {
  if (isData(target) || target.name === '.maps') {
    throw new ObjectError('DATA_RELOCATION', `section ${target.name}: holds a pointer, which is not supported`);
  }
}

function readSection(section: Section, target: Section, symbols: readonly ElfSymbol[]): Map<number, Relocation> {
  if (section.type === SHT_RELA || section.entrySize !== ENTRY_BYTES || section.size % ENTRY_BYTES !== 0) {
    throw new ObjectError('RELOCATION', `section ${section.name}: entries are not those of SHT_REL`);
  }
  const found = new Map<number, Relocation>();
  for (let at = 0; at < section.bytes.length; at += ENTRY_BYTES) {
    const offset = section.bytes.u64(at);
    // r_info is one 64-bit number: the type is its low half, the symbol its high half.
    const info = section.bytes.u64(at + 8);
    const type = info % 2 ** 32;
    const symbol = symbols[Math.floor(info / 2 ** 32)];
    const where = `${target.name} + ${offset}`;
    if (!symbol) throw new ObjectError('RELOCATION', `${where}: refers to a symbol that is not there`);
    if (offset % INSTRUCTION_BYTES !== 0 || offset >= target.size) {
      throw new ObjectError('RELOCATION', `${where}: is no instruction`);
    }
    if (found.has(offset / INSTRUCTION_BYTES)) throw new ObjectError('RELOCATION', `${where}: is relocated twice`);
    found.set(offset / INSTRUCTION_BYTES, { type, symbol });
  }
  return found;
}
