// From BTF to the plain tables that the package is built on. What the codec could not do is refused here, by name.
import { enumLayouts, structLayout } from '@scanward/bpf-object';

/** `u8` ... `u64`, `be16`, `be32` or `struct <name>`. */
function elementType(type, where) {
  if (type.kind === 'struct') return `struct ${type.name}`;
  if (type.kind !== 'integer' || type.signed) throw new Error(`${where}: no codec for a ${type.kind} ${type.name}`);
  if (type.typedefs.includes('__be16')) return 'be16';
  if (type.typedefs.includes('__be32')) return 'be32';
  if (type.typedefs.some((name) => name.startsWith('__be')))
    throw new Error(`${where}: no codec for ${type.typedefs[0]}`);
  return `u${type.size * 8}`;
}

function fieldLayout({ name, offset, size, type, bitField }, where) {
  if (bitField) throw new Error(`${where}: no codec for a bit field`);
  if (type.kind !== 'array') return { name, offset, size, type: elementType(type, where) };
  return { name, offset, size, type: elementType(type.element, where), count: type.count };
}

function fieldsOf(btf, name) {
  const { size, members } = structLayout(btf, name);
  let end = 0;
  const fields = members.map((member) => {
    const where = `struct ${name}: field ${member.name}`;
    if (member.offset !== end)
      throw new Error(`${where} at ${member.offset}, expected ${end}: padding must be explicit`);
    end += member.size;
    return fieldLayout(member, where);
  });
  if (end !== size) throw new Error(`struct ${name}: ${size} bytes, its fields have ${end}: padding must be explicit`);
  return { name, size, fields };
}

function enumOf(btf, name) {
  const found = enumLayouts(btf).filter((candidate) => candidate.name === name);
  if (found.length !== 1) throw new Error(`BTF has enum ${name} ${found.length} times, expected once`);
  return { name, values: found[0].values.map((entry) => [entry.name, Number(entry.value)]) };
}

/** The structs and enums of these names. */
export function layoutsFromBtf(btf, names) {
  return {
    structs: names.structs.map((name) => fieldsOf(btf, name)),
    enums: names.enums.map((name) => enumOf(btf, name)),
  };
}
