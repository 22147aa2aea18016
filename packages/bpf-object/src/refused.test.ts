import { describe, expect, it } from 'vitest';
import { ENDIANS, fixture } from '../test/fixtures.ts';
import { readObject } from './index.ts';

/** What clang compiles and this package refuses: the message names the thing. */
const REFUSED = {
  core: ['CORE_RELOCATION', '.BTF.ext: the object has CO-RE relocations, which are not supported'],
  legacy: ['LEGACY_MAPS', 'section maps: legacy map definitions are not supported, use .maps'],
  inner: ['INNER_MAP', 'map outer: maps in maps (values) are not supported'],
  attribute: ['MAP_ATTRIBUTE', "map odd: unknown attribute 'max_entriez'"],
  kconfig: ['EXTERN', 'variable CONFIG_HZ: is not part of the object (linkage 2)'],
  kfunc: ['EXTERN', 'function some_kernel_function: is not part of the object (linkage 2)'],
  pointer: ['DATA_RELOCATION', 'section .data: holds a pointer, which is not supported'],
} as const;

describe.each(ENDIANS)('%s', (endian) => {
  it.each(Object.entries(REFUSED))('%s is refused by name', (name, [code, message]) => {
    expect(() => readObject(fixture(`refused-${name}`, endian))).toThrow(expect.objectContaining({ code, message }));
  });
});
