// The #defines of types.h, which no BTF carries: the C compiler says what they are.
import { runProgram } from './compile.mjs';

/** [name, value] pairs: a 64-bit constant is a bigint, all others are numbers. */
export function readConstants(names) {
  const lines = names.map(
    (name) => `printf("%s %zu %llu\\n", "${name}", sizeof(${name}), (unsigned long long)(${name}));`,
  );
  const program = ['#include <stdio.h>', '#include "types.h"', 'int main(void) {', ...lines, '}', ''].join('\n');
  return runProgram(program)
    .trim()
    .split('\n')
    .map((line) => {
      const [name, size, value] = line.split(' ');
      return [name, size === '8' ? BigInt(value) : Number(value)];
    });
}

/** What C says of the sizes, to find an object that is older than types.h. */
export function readSizes(names) {
  const lines = names.map((name) => `printf("%s %zu\\n", "${name}", sizeof(struct ${name}));`);
  const program = ['#include <stdio.h>', '#include "types.h"', 'int main(void) {', ...lines, '}', ''].join('\n');
  const pairs = runProgram(program).trim().split('\n');
  return new Map(pairs.map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]));
}
