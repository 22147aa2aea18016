import { fixBtf } from './btf-fixup.ts';
import { readBtf, type RawBtf } from './btf.ts';
import { type BtfExt, readBtfExt } from './btf-ext.ts';
import { readData } from './data.ts';
import { type Elf, readElf, sectionNamed } from './elf.ts';
import { ObjectError } from './error.ts';
import { readFunctions } from './functions.ts';
import { readMaps } from './maps.ts';
import { readPrograms } from './programs.ts';
import { readRelocations } from './relocations.ts';
import type { ObjectSpec } from './spec.ts';
import { StringTable } from './strings.ts';
import { type ElfSymbol, readSymbols } from './symbols.ts';

/**
 * Reads a BPF ELF64 object of either endian. Pure: the same bytes give the same spec, which shares no memory with them.
 *
 * @throws ObjectError for every byte string that is no object, is damaged, or uses what this package does not support
 */
export function readObject(bytes: Uint8Array): ObjectSpec {
  const elf = readElf(bytes);
  const symbols = readSymbols(elf);
  const btf = readFixedBtf(elf, symbols);
  const defined = readMaps(elf, btf?.types);
  const data = readData(elf, symbols, btf?.types);
  const targets = {
    elf,
    functions: readFunctions(elf, symbols),
    data,
    maps: new Map(defined.map((map) => [map.offset, map])),
    mapsSection: sectionNamed(elf, '.maps')?.index ?? -1,
  };
  const programs = readPrograms(readRelocations(elf, symbols), targets, readInfo(elf, btf));
  const maps = [...defined.map(({ spec }) => spec), ...data.values()];
  refuseTwins('map', maps);
  refuseTwins('program', programs);
  return {
    endian: elf.endian,
    license: readLicense(elf),
    maps,
    programs,
    ...(btf && { btf: { bytes: btf.bytes, types: btf.types } }),
  };
}

function readFixedBtf(elf: Elf, symbols: readonly ElfSymbol[]): RawBtf | undefined {
  const section = sectionNamed(elf, '.BTF');
  return section && fixBtf(readBtf(section.bytes), elf, symbols);
}

function readInfo(elf: Elf, btf: RawBtf | undefined): BtfExt {
  const section = sectionNamed(elf, '.BTF.ext');
  if (!section) return {};
  if (!btf) throw new ObjectError('BTF_MISSING', 'section .BTF.ext: there is no .BTF');
  return readBtfExt(section.bytes, btf);
}

function readLicense(elf: Elf): string {
  const section = sectionNamed(elf, 'license');
  return section ? new StringTable(section.bytes, 'LICENSE', 'section license').at(0) : '';
}

function refuseTwins(what: string, specs: readonly { name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of specs) {
    if (names.has(name)) throw new ObjectError('DUPLICATE_NAME', `${what} ${name}: there are two of this name`);
    names.add(name);
  }
}
