import type { Elf } from './elf.ts';
import { ObjectError } from './error.ts';
import type { FunctionCode, Functions } from './functions.ts';
import {
  CALL,
  INSTRUCTION_BYTES,
  LD_IMM64,
  PSEUDO_CALL,
  PSEUDO_FUNC,
  PSEUDO_KFUNC_CALL,
  PSEUDO_MAP_FD,
  PSEUDO_MAP_VALUE,
} from './instruction.ts';
import type { DefinedMap } from './maps.ts';
import { R_BPF_64_32, R_BPF_64_64, type Relocation } from './relocations.ts';
import type { MapReference, MapSpec } from './spec.ts';

/** What code can refer to. */
export interface Targets {
  elf: Elf;
  functions: Functions;
  /** By the index of their section. */
  data: ReadonlyMap<number, MapSpec>;
  /** By their offset in `.maps`. */
  maps: ReadonlyMap<number, DefinedMap>;
  mapsSection: number;
}

/** A call of another function, or a load of its address; both hold its distance. */
export interface FunctionReference {
  instruction: number;
  target: FunctionCode;
}

/** A function whose own instructions are relocated; `calls` need the place of their target in the program. */
export interface RelocatedFunction {
  source: FunctionCode;
  calls: FunctionReference[];
  mapReferences: MapReference[];
}

/** Relocates one function (its code is changed); `relocations` are those of its section. */
export function relocate(
  source: FunctionCode,
  relocations: ReadonlyMap<number, Relocation>,
  targets: Targets,
): RelocatedFunction {
  const result: RelocatedFunction = { source, calls: [], mapReferences: [] };
  const { code } = source;
  const first = source.offset / INSTRUCTION_BYTES;
  let used = 0;
  for (let index = 0; index < code.count; index += code.opcode(index) === LD_IMM64 ? 2 : 1) {
    const relocation = relocations.get(first + index);
    if (relocation) used += 1;
    if (code.opcode(index) === LD_IMM64) relocateLoad(result, index, relocation, targets);
    else if (code.opcode(index) === CALL) relocateCall(result, index, relocation, targets);
    else if (relocation) refuse(source, index, `relocation ${relocation.type} of opcode ${code.opcode(index)}`);
  }
  let expected = 0;
  for (let index = 0; index < code.count; index += 1) if (relocations.has(first + index)) expected += 1;
  if (used !== expected) refuse(source, 0, 'a relocation of the second half of a ld_imm64');
  return result;
}

function relocateLoad(
  result: RelocatedFunction,
  instruction: number,
  relocation: Relocation | undefined,
  targets: Targets,
): void {
  const { source } = result;
  if (!relocation) {
    const register = source.code.source(instruction);
    if (register !== 0) refuse(source, instruction, `a ld_imm64 of kind ${register} without a relocation`);
    return;
  }
  if (relocation.type !== R_BPF_64_64) refuse(source, instruction, `relocation ${relocation.type} of a ld_imm64`);
  const { symbol } = relocation;
  refuseExtern(source, instruction, relocation);
  const offset = symbol.value + source.code.immediate(instruction);
  const data = targets.data.get(symbol.section);
  if (symbol.section === targets.mapsSection) loadMap(result, instruction, offset, targets);
  else if (data) loadValue(result, instruction, offset, data);
  else if (targets.functions.has(symbol.section)) loadFunction(result, instruction, offset, symbol.section, targets);
  else refuse(source, instruction, `refers to section ${sectionName(targets, symbol.section)} ('${symbol.name}')`);
}

function loadMap(result: RelocatedFunction, instruction: number, offset: number, targets: Targets): void {
  const map = targets.maps.get(offset) ?? refuse(result.source, instruction, `no map is defined at .maps + ${offset}`);
  const { code } = result.source;
  code.setSource(instruction, PSEUDO_MAP_FD);
  code.setImmediate(instruction, 0);
  code.setImmediate(instruction + 1, 0);
  result.mapReferences.push({ instruction, map: map.spec.name });
}

function loadValue(result: RelocatedFunction, instruction: number, offset: number, data: MapSpec): void {
  if (offset < 0 || offset >= data.valueSize) {
    refuse(result.source, instruction, `${data.name} + ${offset} is outside of its ${data.valueSize} bytes`);
  }
  const { code } = result.source;
  code.setSource(instruction, PSEUDO_MAP_VALUE);
  code.setImmediate(instruction, 0);
  code.setImmediate(instruction + 1, offset);
  result.mapReferences.push({ instruction, map: data.name, valueOffset: offset });
}

function loadFunction(
  result: RelocatedFunction,
  instruction: number,
  offset: number,
  section: number,
  targets: Targets,
): void {
  const target = functionAt(result.source, instruction, section, offset, targets);
  const { code } = result.source;
  code.setSource(instruction, PSEUDO_FUNC);
  code.setImmediate(instruction + 1, 0);
  result.calls.push({ instruction, target });
}

function relocateCall(
  result: RelocatedFunction,
  instruction: number,
  relocation: Relocation | undefined,
  targets: Targets,
): void {
  const { source } = result;
  const register = source.code.source(instruction);
  if (relocation) {
    refuseExtern(source, instruction, relocation);
    if (relocation.type !== R_BPF_64_32) refuse(source, instruction, `relocation ${relocation.type} of a call`);
  }
  if (register === PSEUDO_KFUNC_CALL) {
    throw new ObjectError(
      'KERNEL_FUNCTION',
      `${place(source, instruction)}: calls of kernel functions are not supported`,
    );
  }
  if (register !== PSEUDO_CALL) {
    if (relocation || register !== 0) refuse(source, instruction, `a call of kind ${register}`);
    return;
  }
  // A call holds its distance from the next instruction; a relocation's base is its symbol.
  const distance = (source.code.immediate(instruction) + 1) * INSTRUCTION_BYTES;
  const section = relocation ? relocation.symbol.section : source.section.index;
  const base = relocation ? relocation.symbol.value : source.offset + instruction * INSTRUCTION_BYTES;
  const target = functionAt(source, instruction, section, base + distance, targets);
  result.calls.push({ instruction, target });
}

function functionAt(
  source: FunctionCode,
  instruction: number,
  section: number,
  offset: number,
  targets: Targets,
): FunctionCode {
  const target = targets.functions.get(section)?.get(offset);
  return target ?? refuse(source, instruction, `no function starts at ${sectionName(targets, section)} + ${offset}`);
}

function refuseExtern(source: FunctionCode, instruction: number, { symbol }: Relocation): void {
  if (symbol.section !== 0) return;
  throw new ObjectError('EXTERN', `${place(source, instruction)}: '${symbol.name}' is not part of the object`);
}

const sectionName = (targets: Targets, index: number): string => targets.elf.sections[index]?.name ?? `number ${index}`;

const place = (source: FunctionCode, instruction: number): string => `function ${source.name} + ${instruction}`;

function refuse(source: FunctionCode, instruction: number, why: string): never {
  throw new ObjectError('RELOCATION', `${place(source, instruction)}: ${why}`);
}
