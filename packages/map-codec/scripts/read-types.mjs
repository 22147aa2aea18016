// Reads types.h for the one thing that BTF does not say: which names are ours.
import { readFileSync } from 'node:fs';

const header = new URL('../../../bpf/types.h', import.meta.url);

const names = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]);

/** The names of the structs, enums and constants that types.h defines, in its order. */
export function readTypes() {
  const text = readFileSync(header, 'utf8');
  return {
    structs: names(text, /^struct (\w+) \{/gm),
    enums: names(text, /^enum (\w+) \{/gm),
    constants: names(text, /^#define ([A-Z]\w*) [^\n]/gm),
  };
}
