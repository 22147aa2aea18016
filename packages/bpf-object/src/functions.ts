import { type Elf, isCode, type Section } from './elf.ts';
import { ObjectError } from './error.ts';
import { groupBy } from './group.ts';
import { Code, INSTRUCTION_BYTES, LD_IMM64 } from './instruction.ts';
import { type ElfSymbol, STT_FUNC } from './symbols.ts';

/** A function of the object. */
export interface FunctionCode {
  name: string;
  section: Section;
  /** Bytes from the start of the section. */
  offset: number;
  /** Whether it is a program: global, and not in `.text`. */
  program: boolean;
  code: Code;
}

/** Functions by the index of their section, then by their offset in it. */
export type Functions = Map<number, Map<number, FunctionCode>>;

/** Cuts the sections of code into their functions. */
export function readFunctions(elf: Elf, symbols: readonly ElfSymbol[]): Functions {
  const bySection = groupBy(
    symbols.filter((symbol) => symbol.type === STT_FUNC && symbol.section !== 0),
    (symbol) => symbol.section,
  );
  const functions: Functions = new Map();
  for (const section of elf.sections.slice(1)) {
    if (!isCode(section)) continue;
    const inSection = (bySection.get(section.index) ?? []).sort((a, b) => a.value - b.value);
    checkApart(section, inSection);
    functions.set(
      section.index,
      new Map(inSection.map((symbol) => [symbol.value, readFunction(elf, section, symbol)])),
    );
    bySection.delete(section.index);
  }
  for (const [index, [symbol]] of bySection) {
    throw new ObjectError('FUNCTION', `function ${symbol!.name}: section ${index} holds no code`);
  }
  return functions;
}

function checkApart(section: Section, symbols: ElfSymbol[]): void {
  let end = 0;
  for (const { name, value, size } of symbols) {
    if (size === 0 || value % INSTRUCTION_BYTES !== 0 || size % INSTRUCTION_BYTES !== 0) {
      throw new ObjectError('FUNCTION', `function ${name}: ${size} bytes at ${value} are no instructions`);
    }
    if (value < end) throw new ObjectError('FUNCTION', `function ${name}: overlaps the one before it`);
    end = value + size;
    if (end > section.size) throw new ObjectError('FUNCTION', `function ${name}: reaches past ${section.name}`);
  }
}

function readFunction(elf: Elf, section: Section, symbol: ElfSymbol): FunctionCode {
  const { name, value, size, local } = symbol;
  const code = new Code(section.bytes.part(value, size, `function ${name}`).copy(), elf.endian);
  checkHalves(name, code);
  return { name, section, offset: value, program: !local && section.name !== '.text', code };
}

/** The second half of a ld_imm64 has opcode 0, and must be there. */
function checkHalves(name: string, code: Code): void {
  for (let index = 0; index < code.count; index += 1) {
    if (code.opcode(index) !== LD_IMM64) continue;
    index += 1;
    if (index >= code.count || code.opcode(index) !== 0) {
      throw new ObjectError('INSTRUCTION', `function ${name}: the ld_imm64 at ${index - 1} lacks its second half`);
    }
  }
}
