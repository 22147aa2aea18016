import * as generated from './layout.generated.ts';
import { layouts } from './layout.ts';
import type { StructLayout } from './layout.ts';

/** All that `bpf/types.h` says about the meaning of bytes. */
export interface LayoutFacts {
  readonly structs: readonly StructLayout[];
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly constants: Readonly<Record<string, number | bigint>>;
}

/** What this package was generated from. */
export function layoutFacts(): LayoutFacts {
  const all: [string, unknown][] = Object.entries(generated);
  const constants = all.filter((entry): entry is [string, number | bigint] =>
    ['number', 'bigint'].includes(typeof entry[1]),
  );
  return { structs: layouts(), enums: generated.ENUMS, constants: Object.fromEntries(constants) };
}

/** The same facts as a text that is the same whatever order they come in: whoever keeps bytes may name their layout by its hash. */
export function layoutText({ structs, enums, constants }: LayoutFacts = layoutFacts()): string {
  const ofStructs = structs.flatMap(({ name, size, fields }) => [
    `struct ${name} ${size}`,
    ...fields.map(
      (field) => `field ${name} ${field.name} ${field.offset} ${field.size} ${field.type} ${field.count ?? 1}`,
    ),
  ]);
  const ofEnums = Object.entries(enums).flatMap(([name, values]) =>
    Object.entries(values).map(([value, number]) => `enum ${name} ${value} ${number}`),
  );
  const ofConstants = Object.entries(constants).map(([name, value]) => `constant ${name} ${value}`);
  return [...ofStructs, ...ofEnums, ...ofConstants].sort().join('\n');
}
