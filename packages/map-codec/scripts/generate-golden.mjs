// Makes test/golden.generated.json: what C says of the bytes. Run it by `npm run generate -w @scanward/map-codec`.
import { writeFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { runProgram } from './compile.mjs';

if (endianness() !== 'LE') throw new Error('golden.c takes this machine for the little-endian one');
const program = fileURLToPath(new URL('../test/golden.c', import.meta.url));

const run = (flags) =>
  runProgram(program, flags)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const bigCases = run(['-DBIG_ENDIAN_SCALARS']);
const cases = run([]).map(({ bytes: little, ...known }, index) => {
  const { bytes: big, ...same } = bigCases[index];
  if (!isDeepStrictEqual(known, same))
    throw new Error(`golden.c: the two orders differ in the values of ${known.struct}`);
  return { ...known, little, big };
});

const file = { command: 'npm run generate -w @scanward/map-codec', cases };
writeFileSync(new URL('../test/golden.generated.json', import.meta.url), `${JSON.stringify(file, null, 2)}\n`);
