import { parseBtf, type RawBtf } from './btf.ts';
import { type BtfDatasecVariable, type BtfType, LINKAGE_EXTERN, LINKAGE_GLOBAL, LINKAGE_STATIC } from './btf-types.ts';
import { type Endian, putU32 } from './bytes.ts';
import { type Elf, type Section, sectionNamed } from './elf.ts';
import { ObjectError } from './error.ts';
import { checkLimit } from './limits.ts';
import { type ElfSymbol, STT_FUNC } from './symbols.ts';

type Datasec = Extract<BtfType, { kind: 'datasec' }>;
type Variable = Extract<BtfType, { kind: 'var' }>;

/**
 * clang leaves the size of each DATASEC and the offset of each global variable zero, and writes a relocation that no
 * loader applies; libbpf takes both from the sections and the symbols, and so does this. The kernel also wants the
 * variables in order, and functions that are hidden in the object verified as static ones.
 */
export function fixBtf(raw: RawBtf, elf: Elf, symbols: readonly ElfSymbol[]): RawBtf {
  const globals = globalSymbols(symbols);
  const hidden = new Set(symbols.filter((symbol) => symbol.type === STT_FUNC && symbol.hidden).map(({ name }) => name));
  const bytes = new Uint8Array(raw.bytes);
  raw.types.forEach((type, id) => {
    const at = raw.positions[id]!;
    if (type.kind === 'func') fixFunction(type, bytes, at, elf.endian, hidden);
    if (type.kind === 'datasec') writeDatasec(fixDatasec(type, raw.types, elf, globals), bytes, at, elf.endian);
    if (type.kind === 'var' && type.linkage !== LINKAGE_STATIC && type.linkage !== LINKAGE_GLOBAL) {
      throw new ObjectError('EXTERN', `variable ${type.name}: is not part of the object (linkage ${type.linkage})`);
    }
  });
  return parseBtf(bytes, elf.endian);
}

/** Global symbols by section and name. */
function globalSymbols(symbols: readonly ElfSymbol[]): Map<string, ElfSymbol> {
  const globals = symbols.filter((symbol) => !symbol.local && symbol.section !== 0);
  return new Map(globals.map((symbol) => [`${symbol.section} ${symbol.name}`, symbol]));
}

function fixFunction(
  type: Extract<BtfType, { kind: 'func' }>,
  bytes: Uint8Array,
  at: number,
  endian: Endian,
  hidden: ReadonlySet<string>,
): void {
  if (type.linkage >= LINKAGE_EXTERN) {
    throw new ObjectError('EXTERN', `function ${type.name}: is not part of the object (linkage ${type.linkage})`);
  }
  if (type.linkage === LINKAGE_GLOBAL && hidden.has(type.name)) {
    const info = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at + 4, endian === 'little');
    putU32(bytes, at + 4, info - LINKAGE_GLOBAL + LINKAGE_STATIC, endian);
  }
}

function fixDatasec(type: Datasec, types: readonly BtfType[], elf: Elf, globals: Map<string, ElfSymbol>): Datasec {
  const section = sectionNamed(elf, type.name);
  if (!section) {
    const known = type.name === '.kconfig' || type.name === '.ksyms';
    throw new ObjectError(known ? 'EXTERN' : 'BTF_DATASEC', `DATASEC ${type.name}: the object has no such section`);
  }
  if (section.size === 0 || (type.size !== 0 && type.size !== section.size)) {
    throw new ObjectError('BTF_DATASEC', `DATASEC ${type.name}: ${type.size} bytes, the section has ${section.size}`);
  }
  checkLimit('typeBytes', section.size, `DATASEC ${type.name}: size`);
  const variables = type.variables.map((entry) => {
    const variable = types[entry.type]!;
    if (variable.kind !== 'var') {
      const what = variable.kind === 'func' ? 'EXTERN' : 'BTF_DATASEC';
      throw new ObjectError(what, `DATASEC ${type.name}: type ${entry.type} is a ${variable.kind}, no variable`);
    }
    return { ...entry, offset: offsetOf(entry, variable, section, globals) };
  });
  variables.sort((a, b) => a.offset - b.offset);
  checkVariables(type.name, variables, section.size);
  return { ...type, size: section.size, variables };
}

function offsetOf(
  entry: BtfDatasecVariable,
  variable: Variable,
  section: Section,
  globals: Map<string, ElfSymbol>,
): number {
  // The offset of a static variable is there: its relocation is against the section, with the offset as addend.
  if (variable.linkage === LINKAGE_STATIC) return entry.offset;
  const symbol = globals.get(`${section.index} ${variable.name}`);
  if (!symbol) {
    const code = variable.linkage === LINKAGE_GLOBAL ? 'BTF_DATASEC' : 'EXTERN';
    throw new ObjectError(code, `variable ${variable.name}: section ${section.name} has no symbol of this name`);
  }
  return symbol.value;
}

/** What the kernel checks (btf_datasec_check_meta): inside the section, not empty, not over one another. */
function checkVariables(name: string, variables: BtfDatasecVariable[], size: number): void {
  let end = 0;
  for (const variable of variables) {
    if (variable.size === 0 || variable.offset < end || variable.offset + variable.size > size) {
      throw new ObjectError(
        'BTF_DATASEC',
        `DATASEC ${name}: a variable of ${variable.size} bytes at ${variable.offset}, the section has ${size}`,
      );
    }
    end = variable.offset + variable.size;
  }
}

function writeDatasec(type: Datasec, bytes: Uint8Array, at: number, endian: Endian): void {
  putU32(bytes, at + 8, type.size, endian);
  type.variables.forEach((variable, index) => {
    const start = at + 12 + index * 12;
    putU32(bytes, start, variable.type, endian);
    putU32(bytes, start + 4, variable.offset, endian);
    putU32(bytes, start + 8, variable.size, endian);
  });
}
