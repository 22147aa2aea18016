import type { BtfType } from './btf-types.ts';
import { type Elf, type Section, SHT_NOBITS, SHT_PROGBITS } from './elf.ts';
import { ObjectError } from './error.ts';
import { groupBy } from './group.ts';
import { checkLimit } from './limits.ts';
import { emptyMap } from './maps.ts';
import type { MapSpec, VariableSpec } from './spec.ts';
import { type ElfSymbol, STT_OBJECT } from './symbols.ts';

const BPF_MAP_TYPE_ARRAY = 2;
const BPF_F_RDONLY_PROG = 1 << 7;
const KEY_BYTES = 4;
const DATA_SECTION = /^\.(rodata|data|bss)(\.|$)/;

/** Whether the section's bytes become a map. */
export function isData(section: Section): boolean {
  return section.size > 0 && DATA_SECTION.test(section.name);
}

/** The maps of `.rodata*`, `.data*` and `.bss*`, by the index of their section. */
export function readData(
  elf: Elf,
  symbols: readonly ElfSymbol[],
  types: readonly BtfType[] | undefined,
): Map<number, MapSpec> {
  const sections = elf.sections.filter(isData);
  const odd = sections.find(({ type }) => type !== SHT_PROGBITS && type !== SHT_NOBITS);
  if (odd) throw new ObjectError('ELF_SECTION', `section ${odd.name}: type ${odd.type} holds no data`);
  const zeroed = sections.filter((section) => section.type === SHT_NOBITS).reduce((sum, { size }) => sum + size, 0);
  checkLimit('zeroedBytes', zeroed, 'zeroed sections');
  const datasecs = datasecIds(types ?? []);
  const objects = groupBy(
    symbols.filter((symbol) => symbol.type === STT_OBJECT),
    (symbol) => symbol.section,
  );
  return new Map(
    sections.map((section) => {
      const id = datasecs.get(section.name) ?? 0;
      const variables = id === 0 ? fromSymbols(section, objects.get(section.index) ?? []) : fromBtf(types!, id);
      return [section.index, toMap(section, id, variables)];
    }),
  );
}

/** Ids of the DATASECs by name; two of one name would leave open which one describes the section. */
function datasecIds(types: readonly BtfType[]): Map<string, number> {
  const ids = new Map<string, number>();
  types.forEach((type, id) => {
    if (type.kind !== 'datasec') return;
    if (ids.has(type.name)) throw new ObjectError('DUPLICATE_NAME', `DATASEC ${type.name}: there are two of this name`);
    ids.set(type.name, id);
  });
  return ids;
}

function toMap(section: Section, valueTypeId: number, variables: VariableSpec[]): MapSpec {
  const readonly = section.name === '.rodata' || section.name.startsWith('.rodata.');
  return {
    ...emptyMap(section.name),
    type: BPF_MAP_TYPE_ARRAY,
    keySize: KEY_BYTES,
    valueSize: section.size,
    maxEntries: 1,
    flags: readonly ? BPF_F_RDONLY_PROG : 0,
    valueTypeId,
    data: section.type === SHT_NOBITS ? new Uint8Array(section.size) : section.bytes.copy(),
    variables,
    readonly,
  };
}

function fromBtf(types: readonly BtfType[], id: number): VariableSpec[] {
  const datasec = types[id]!;
  if (datasec.kind !== 'datasec') return [];
  return datasec.variables.map(({ type, offset, size }) => {
    const variable = types[type]!;
    return { name: variable.kind === 'var' ? variable.name : '', offset, size };
  });
}

/** Without BTF the symbols still say what is where. */
function fromSymbols(section: Section, symbols: ElfSymbol[]): VariableSpec[] {
  const variables = symbols.map(({ name, value, size }) => ({ name, offset: value, size }));
  const outside = variables.find(({ offset, size }) => offset + size > section.size);
  if (outside) {
    throw new ObjectError('ELF_SYMBOL', `symbol ${outside.name}: reaches past the end of section ${section.name}`);
  }
  return variables.sort((a, b) => a.offset - b.offset);
}
