import type { MapSpec, VariableSpec } from '@scanward/bpf-object';
import { littleEndian } from '../kernel/attr.ts';
import { ObjectLoadError } from './object-load-error.ts';

/**
 * A value for a constant: a number or bigint of its size (1, 2, 4 or 8 bytes), an array of them that fills it
 * (a bigint is 8 bytes, numbers share the size evenly), or exactly its bytes.
 */
export type ConstantValue = number | bigint | Uint8Array | readonly number[] | readonly bigint[];

const widths: ReadonlySet<number> = new Set([1, 2, 4, 8]);

function refuse(name: string, why: string): ObjectLoadError {
  return new ObjectLoadError('CONSTANT_VALUE', `constant ${name}: ${why}`);
}

function putInteger(name: string, into: Uint8Array, value: number | bigint): void {
  const bits = into.length * 8;
  if (!widths.has(into.length)) throw refuse(name, `a number does not fit its ${into.length} bytes`);
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw refuse(name, `${value} is no integer`);
  const whole = BigInt(value);
  if (BigInt.asUintN(bits, whole) !== whole && BigInt.asIntN(bits, whole) !== whole) {
    throw refuse(name, `${whole.toString()} does not fit its ${into.length} bytes`);
  }
  const unsigned = BigInt.asUintN(bits, whole);
  for (let i = 0; i < into.length; i++) {
    const at = littleEndian ? i : into.length - 1 - i;
    into[at] = Number((unsigned >> BigInt(8 * i)) & 0xffn);
  }
}

function putArray(name: string, into: Uint8Array, values: readonly (number | bigint)[]): void {
  const width = typeof values[0] === 'bigint' ? 8 : into.length / values.length;
  if (values.length * width !== into.length || !widths.has(width)) {
    throw refuse(name, `${values.length} values do not fill its ${into.length} bytes`);
  }
  values.forEach((value, i) => putInteger(name, into.subarray(i * width, (i + 1) * width), value));
}

function put(variable: VariableSpec, data: Uint8Array, value: ConstantValue): void {
  const { name, offset, size } = variable;
  const into = data.subarray(offset, offset + size);
  if (typeof value === 'number' || typeof value === 'bigint') putInteger(name, into, value);
  else if (!(value instanceof Uint8Array)) putArray(name, into, value);
  else if (value.length !== size) throw refuse(name, `has ${size} bytes, not ${value.length}`);
  else into.set(value);
}

/** The initial values of the read-only sections, by map, with the constants in place. The specs stay as they are. */
export function patchConstants(
  maps: readonly MapSpec[],
  constants: Readonly<Record<string, ConstantValue>>,
): Map<string, Uint8Array> {
  const patched = new Map<string, Uint8Array>();
  for (const map of maps) if (map.readonly && map.data) patched.set(map.name, Uint8Array.from(map.data));
  for (const [name, value] of Object.entries(constants)) {
    const map = maps.find((each) => patched.has(each.name) && each.variables.some((one) => one.name === name));
    const variable = map?.variables.find((one) => one.name === name);
    if (!map || !variable) throw new ObjectLoadError('NO_SUCH_CONSTANT', `the object has no constant ${name}`);
    put(variable, patched.get(map.name)!, value);
  }
  return patched;
}
