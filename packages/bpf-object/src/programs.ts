import type { BtfExt, InfoRecord, InfoTable } from './btf-ext.ts';
import { type Endian, putU32 } from './bytes.ts';
import { ObjectError } from './error.ts';
import type { FunctionCode, Functions } from './functions.ts';
import { Code, INSTRUCTION_BYTES } from './instruction.ts';
import { checkLimit } from './limits.ts';
import { relocate, type RelocatedFunction, type Targets } from './relocate.ts';
import type { Relocation } from './relocations.ts';
import type { InfoSpec, ProgramSpec } from './spec.ts';

/** A function at its place in a program, counted in instructions. */
interface Placed {
  function: RelocatedFunction;
  start: number;
}

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
  lines: InfoLookup | undefined,
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

/** The kernel wants a record for each function of a program, or none. */
function functionInfo(placed: Placed[], endian: Endian, table: InfoTable | undefined): InfoSpec | undefined {
  if (!table) return undefined;
  const found = placed.map(({ function: { source }, start }) => ({
    source,
    start,
    record: recordAt(table.records.get(source.section.name) ?? [], source.offset),
  }));
  if (!found[0]!.record) return undefined;
  const missing = found.find(({ record }) => !record);
  if (missing) throw new ObjectError('BTF_EXT', `function ${missing.source.name}: has no function info`);
  return pack(
    found.map(({ record, start }) => ({ start, record: record! })),
    table.recordSize,
    endian,
  );
}

/** Records are in order, so halves are enough. */
function recordAt(records: readonly InfoRecord[], offset: number): InfoRecord | undefined {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (records[middle]!.offset < offset) low = middle + 1;
    else high = middle;
  }
  return records[low]?.offset === offset ? records[low] : undefined;
}

interface InfoLookup {
  recordSize: number;
  of: Map<FunctionCode, InfoRecord[]>;
}

function linesByFunction(table: InfoTable, functions: Functions): InfoLookup {
  const of = new Map<FunctionCode, InfoRecord[]>();
  for (const inSection of functions.values()) {
    let next = 0;
    for (const source of inSection.values()) {
      const records = table.records.get(source.section.name) ?? [];
      const end = source.offset + source.code.count * INSTRUCTION_BYTES;
      while (next < records.length && records[next]!.offset < source.offset) next += 1;
      const first = next;
      while (next < records.length && records[next]!.offset < end) next += 1;
      of.set(source, records.slice(first, next));
    }
  }
  return { recordSize: table.recordSize, of };
}

function lineInfoOf(placed: Placed[], endian: Endian, lines: InfoLookup): InfoSpec | undefined {
  const records = placed.flatMap(({ function: { source }, start }) =>
    (lines.of.get(source) ?? []).map((record) => ({
      start: start + (record.offset - source.offset) / INSTRUCTION_BYTES,
      record,
    })),
  );
  return records.length === 0 ? undefined : pack(records, lines.recordSize, endian);
}

/** In the object a record counts bytes of its section, for the kernel instructions of the program. */
function pack(records: { start: number; record: InfoRecord }[], recordSize: number, endian: Endian): InfoSpec {
  const bytes = new Uint8Array(records.length * recordSize);
  records.forEach(({ start, record }, index) => {
    bytes.set(record.bytes, index * recordSize);
    putU32(bytes, index * recordSize, start, endian);
  });
  return { recordSize, bytes };
}
