import { readFileSync } from 'node:fs';
import type { Endian } from '../src/index.ts';

export const ENDIANS = ['little', 'big'] as const;

/** A compiled fixture; `make -C test/fixtures` makes them again. */
export function fixture(name: string, endian: Endian): Uint8Array {
  const suffix = endian === 'little' ? 'bpfel' : 'bpfeb';
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}.${suffix}.o`, import.meta.url)));
}
