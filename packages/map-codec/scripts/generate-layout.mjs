// Makes src/layout.generated.ts. Run it by `npm run generate -w @scanward/map-codec`.
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { readObject } from '@scanward/bpf-object';
import { readConstants, readSizes } from './constants.mjs';
import { layoutsFromBtf } from './layouts-from-btf.mjs';
import { printLayouts } from './print-layouts.mjs';
import { readTypes } from './read-types.mjs';

const names = readTypes();

function readLayouts(file) {
  const { btf } = readObject(readFileSync(new URL(`../../../bpf/prebuilt/${file}`, import.meta.url)));
  if (!btf) throw new Error(`${file} has no BTF`);
  return layoutsFromBtf(btf, names);
}

const little = readLayouts('scanward.bpfel.o');
const big = readLayouts('scanward.bpfeb.o');
if (!isDeepStrictEqual(little, big)) throw new Error('the little- and the big-endian object have different layouts');

const sizes = readSizes(names.structs);
for (const { name, size } of little.structs) {
  const now = sizes.get(name);
  if (now !== size)
    throw new Error(`struct ${name}: ${size} bytes in bpf/prebuilt, ${now} in types.h: make the objects again`);
}
const text = printLayouts(little, readConstants(names.constants));
writeFileSync(new URL('../src/layout.generated.ts', import.meta.url), text);
