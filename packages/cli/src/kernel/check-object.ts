import { type BtfSpec, type LayoutType, type ObjectSpec, structLayout, structNames } from '@scanward/bpf-object';
import { checkLayouts, type Endian, type FoundStruct } from '@scanward/map-codec';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';

/** Refuses an object that this program could not talk to. @throws OperatorError */
export function checkObject(spec: ObjectSpec, path: string, endian: Endian): void {
  const refuse = (why: string) => {
    const todo = `${why}: use the object that this version of scanward was shipped with`;
    throw new OperatorError(ExitCode.object, `checking the BPF object ${path}`, todo);
  };
  if (spec.endian !== endian)
    refuse(`it was built for ${spec.endian}-endian machines, and this one is ${endian}-endian`);
  if (!spec.btf) return refuse('it has no BTF, so its layouts are unknown');
  const [first, ...more] = checkLayouts(foundStructs(spec.btf));
  if (first !== undefined)
    refuse(`it has other layouts (${first}${more.length > 0 ? `, and ${more.length} more` : ''})`);
  for (const name of ['scanward', 'scanward_command']) {
    if (!spec.programs.some((program) => program.name === name)) refuse(`it has no program ${name}`);
  }
}

function foundStructs(btf: BtfSpec): FoundStruct[] {
  const names = structNames(btf);
  return names.map((name) => {
    const { size, members } = structLayout(btf, name);
    const fields = members.map(({ name: field, offset, size: bytes, type }) => ({
      name: field,
      offset,
      size: bytes,
      ...typeOf(type),
    }));
    return { name, size, fields };
  });
}

/** A type in map-codec's words: `u8`, `u16`, `u32`, `u64`, `be16`, `struct <name>`, and how many of them. */
function typeOf(type: LayoutType): { type?: string; count?: number } {
  if (type.kind === 'array') return { ...typeOf(type.element), count: type.count };
  if (type.kind === 'struct') return { type: `struct ${type.name}` };
  if (type.kind === 'integer') return { type: type.typedefs.includes('__be16') ? 'be16' : `u${type.size * 8}` };
  return {};
}
