import type { BtfType } from './btf-types.ts';
import { ObjectError } from './error.ts';
import { checkLimit, LIMITS } from './limits.ts';

const POINTER_BYTES = 8;

/** The type behind typedefs, qualifiers and tags, and the names of the typedefs on the way, outermost first. */
export function resolve(types: readonly BtfType[], id: number): { id: number; type: BtfType; typedefs: string[] } {
  const typedefs: string[] = [];
  let at = id;
  for (let depth = 0; depth < LIMITS.typeDepth; depth += 1) {
    const type = typeAt(types, at);
    switch (type.kind) {
      case 'typedef':
        typedefs.push(type.name);
        at = type.type;
        break;
      case 'const':
      case 'volatile':
      case 'restrict':
      case 'type_tag':
        at = type.type;
        break;
      default:
        return { id: at, type, typedefs };
    }
  }
  throw new ObjectError('BTF_CYCLE', `BTF type ${id}: more than ${LIMITS.typeDepth} typedefs and qualifiers`);
}

/** Size in bytes of a value of this type. */
export function sizeOf(types: readonly BtfType[], id: number): number {
  let count = 1;
  let at = id;
  for (let depth = 0; depth < LIMITS.typeDepth; depth += 1) {
    const { type } = resolve(types, at);
    if (type.kind !== 'array') return limited(count * sizeOfOne(type, id), id);
    count = limited(count * type.count, id);
    at = type.type;
  }
  throw new ObjectError('BTF_CYCLE', `BTF type ${id}: arrays in more than ${LIMITS.typeDepth} arrays`);
}

function sizeOfOne(type: BtfType, id: number): number {
  if (type.kind === 'ptr') return POINTER_BYTES;
  if (type.kind !== 'datasec' && 'size' in type) return type.size;
  throw new ObjectError('BTF_TYPE', `BTF type ${id}: a ${type.kind} has no size`);
}

function limited(size: number, id: number): number {
  checkLimit('typeBytes', size, `BTF type ${id}: size`);
  return size;
}

/** A type by id; an id that the object does not have is an error. */
export function typeAt(types: readonly BtfType[], id: number): BtfType {
  const type = types[id];
  if (!type) throw new ObjectError('TYPE_UNKNOWN', `BTF type ${id}: there are ${types.length}`);
  return type;
}
