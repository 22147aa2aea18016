import { createHash } from 'node:crypto';
import type { MapSpec, ObjectSpec } from '@scanward/bpf-object';
import { layoutText } from '@scanward/map-codec';

/**
 * A name for everything that says how the bytes of an object's maps are to be read: layouts and numbers of `bpf/types.h`, the
 * maps, the variables. What another layout wrote has another name and so is never misread. Sizes of tables are no layout.
 *
 * @param text what `@scanward/map-codec` says of structs, enums and constants
 * @returns 12 hex digits
 */
export function layoutId(spec: Pick<ObjectSpec, 'endian' | 'maps'>, text = layoutText()): string {
  const lines = [`endian ${spec.endian}`, text, ...spec.maps.map(mapText).sort()];
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12);
}

function mapText({ name, type, keySize, valueSize, flags, mapExtra, variables }: MapSpec): string {
  const places = variables.map((variable) => `${variable.name}@${variable.offset}+${variable.size}`);
  return ['map', name, type, keySize, valueSize, flags, mapExtra, ...places].join(' ');
}
