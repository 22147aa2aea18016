/** What must hold whatever bytes are read as an object: a spec that is sound, or an error with a name. */
import {
  type BtfSpec,
  enumLayouts,
  layoutOf,
  LIMITS,
  linkProgram,
  type MapSpec,
  ObjectError,
  type ObjectSpec,
  type ProgramSpec,
  readObject,
} from '../src/index.ts';
import { guarded } from './guard.ts';
import { calls, decode, words } from './instructions.ts';

/** An object of 10 KB takes a few milliseconds; this much is a hang. */
const HANG_MS = 5_000;

/** `spec`, or the code of the ObjectError; anything else is thrown on, and so is a reading that does not end. */
export function outcome(bytes: Uint8Array): string {
  return guarded(HANG_MS, () => outcomeOf(bytes));
}

function outcomeOf(bytes: Uint8Array): string {
  try {
    const spec = readObject(bytes);
    checkSpec(spec, bytes.length);
    return 'spec';
  } catch (error) {
    if (error instanceof ObjectError && error.message !== '') return error.code;
    throw error;
  }
}

/** `expect` costs too much in loops that run a hundred million times. */
export function hold(holds: boolean, what: string): void {
  if (!holds) throw new Error(`does not hold: ${what}`);
}

/** What holds for every spec, however odd the object was. */
function checkSpec(spec: ObjectSpec, length: number): void {
  const maps = new Map(spec.maps.map((map) => [map.name, map]));
  hold(maps.size === spec.maps.length, 'maps have different names');
  const held = spec.maps.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  hold(held <= length + LIMITS.zeroedBytes, 'initial values are no larger than the file and the limit');
  for (const { data, valueSize, variables } of spec.maps) {
    hold((data?.length ?? valueSize) === valueSize, 'an initial value fills its map');
    for (const { offset, size } of variables) hold(offset + size <= valueSize, 'variables are inside of the value');
  }
  for (const program of spec.programs) checkProgram(program, spec, maps);
  if (spec.btf) checkLayouts(spec.btf);
}

function checkProgram(program: ProgramSpec, { endian }: ObjectSpec, maps: Map<string, MapSpec>): void {
  const code = decode(program.instructions, endian);
  hold(!calls(program, endian).some((call) => call.endsWith('nowhere')), 'calls meet the start of a function');
  for (const { instruction, map, valueOffset } of program.mapReferences) {
    const { opcode, source } = code[instruction]!;
    hold(opcode === 0x18 && source === (valueOffset === undefined ? 1 : 2), 'map references are of loads');
    hold(maps.has(map) && (valueOffset ?? -1) < maps.get(map)!.valueSize, 'map references are inside of a map');
  }
  const starts = program.functions.map(({ instruction }) => instruction);
  const { funcInfo, lineInfo } = program;
  const functions = funcInfo && words(funcInfo.bytes, endian).filter((_, index) => index % 2 === 0);
  hold(!functions || functions.join() === starts.join(), 'each function has its record');
  const lines = lineInfo ? words(lineInfo.bytes, endian).filter((_, index) => index % 4 === 0) : [];
  hold(
    lines.every((line, index) => line > (lines[index - 1] ?? -1) && line < code.length),
    'line records rise, and are inside of the program',
  );
  hold(linkProgram(program, endian, () => 3).length === program.instructions.length, 'linking keeps the length');
}

function checkLayouts(btf: BtfSpec): void {
  enumLayouts(btf);
  btf.types.forEach((type, id) => {
    if (type.kind !== 'struct' && type.kind !== 'union') return;
    try {
      hold(layoutOf(btf, id).members.length === type.members.length, 'each member has a layout');
    } catch (error) {
      if (!(error instanceof ObjectError)) throw error;
    }
  });
}
