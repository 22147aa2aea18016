import type { BtfExt } from './btf-ext.ts';
import type { Endian } from './bytes.ts';
import { ObjectError } from './error.ts';
import type { FunctionCode, Functions } from './functions.ts';
import { Code, INSTRUCTION_BYTES } from './instruction.ts';
import { functionInfo, lineInfoOf, type Lines, linesByFunction, type Placed } from './info.ts';
import { checkLimit } from './limits.ts';
import { relocate, type RelocatedFunction, type Targets } from './relocate.ts';
import type { Relocation } from './relocations.ts';
import type { ProgramSpec } from './spec.ts';

/** Every program of the object, complete with the functions that it reaches. */
export function readPrograms(
  relocations: ReadonlyMap<number, ReadonlyMap<number, Relocation>>,
  targets: Targets,
  info: BtfExt,
): ProgramSpec[] {
  const relocated = relocateAll(targets.functions, relocations, targets);
  const lines = info.lines && linesByFunction(info.lines, targets.functions);
  let total = 0;
  return [...relocated.values()]
    .filter(({ source }) => source.program)
    .map((main) => {
      const placed = place(main, relocated);
      const count = placed.reduce((sum, { function: { source } }) => sum + source.code.count, 0);
      checkLimit('programInstructions', count, `program ${main.source.name}: instructions`);
      checkLimit('objectInstructions', (total += count), 'instructions of all programs');
      return assemble(placed, count, targets.elf.endian, info, lines);
    });
}

function relocateAll(
  functions: Functions,
  relocations: ReadonlyMap<number, ReadonlyMap<number, Relocation>>,
  targets: Targets,
): Map<FunctionCode, RelocatedFunction> {
  const relocated = new Map<FunctionCode, RelocatedFunction>();
  for (const [section, inSection] of functions) {
    const ofSection = relocations.get(section) ?? new Map<number, Relocation>();
    for (const source of inSection.values()) relocated.set(source, relocate(source, ofSection, targets));
    refuseOutside(inSection, ofSection);
  }
  return relocated;
}

/** A relocation of bytes that belong to no function would be forgotten silently. */
function refuseOutside(
  functions: ReadonlyMap<number, FunctionCode>,
  relocations: ReadonlyMap<number, Relocation>,
): void {
  const inside = new Set<number>();
  for (const { offset, code } of functions.values()) {
    for (let index = 0; index < code.count; index += 1) inside.add(offset / INSTRUCTION_BYTES + index);
  }
  for (const [instruction, { symbol }] of relocations) {
    if (inside.has(instruction)) continue;
    throw new ObjectError('RELOCATION', `instruction ${instruction}: belongs to no function, refers to ${symbol.name}`);
  }
}

/** The main function first, then each one that it reaches, once, in the order in which the calls stand: cycles end. */
function place(main: RelocatedFunction, relocated: ReadonlyMap<FunctionCode, RelocatedFunction>): Placed[] {
  const placed: Placed[] = [{ function: main, start: 0 }];
  const known = new Set([main.source]);
  let end = main.source.code.count;
  for (const { function: caller } of placed) {
    for (const { target } of caller.calls) {
      if (known.has(target)) continue;
      known.add(target);
      placed.push({ function: relocated.get(target)!, start: end });
      end += target.code.count;
    }
  }
  return placed;
}

function assemble(
  placed: Placed[],
  count: number,
  endian: Endian,
  info: BtfExt,
  lines: Lines | undefined,
): ProgramSpec {
  const { source: main } = placed[0]!.function;
  const code = new Code(new Uint8Array(count * INSTRUCTION_BYTES), endian);
  const starts = new Map(placed.map(({ function: { source }, start }) => [source, start]));
  for (const { function: relocated, start } of placed) {
    code.bytes.set(relocated.source.code.bytes, start * INSTRUCTION_BYTES);
    for (const { instruction, target } of relocated.calls) {
      code.setImmediate(start + instruction, starts.get(target)! - (start + instruction + 1));
    }
  }
  const funcInfo = functionInfo(placed, endian, info.functions);
  const lineInfo = lines && lineInfoOf(placed, endian, lines);
  return {
    name: main.name,
    section: main.section.name,
    instructions: code.bytes,
    functions: placed.map(({ function: { source }, start }) => ({
      name: source.name,
      instruction: start,
      count: source.code.count,
    })),
    mapReferences: placed.flatMap(({ function: { mapReferences }, start }) =>
      mapReferences.map((reference) => ({ ...reference, instruction: start + reference.instruction })),
    ),
    ...(funcInfo && { funcInfo }),
    ...(lineInfo && { lineInfo }),
  };
}
