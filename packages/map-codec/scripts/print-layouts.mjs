// The text of src/layout.generated.ts.

const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
const pascal = (name) => camel(`_${name}`);

const commonPrefix = (names) => {
  const words = names[0].split('_');
  while (words.length > 0 && !names.every((name) => name.startsWith(`${words.join('_')}_`))) words.pop();
  return words.length === 0 ? '' : `${words.join('_')}_`;
};

/** A value named after the enum itself (VERDICTS) counts the others: it is a constant. */
const isCount =
  (name) =>
  ([value]) =>
    value === `${name.toUpperCase()}S`;

const printField = ({ name, offset, size, type, count }) =>
  `      { name: '${name}', offset: ${offset}, size: ${size}, type: '${type}'${count === undefined ? '' : `, count: ${count}`} },`;

const printStruct = ({ name, size, fields }) => [
  `  ${name}: {`,
  `    name: '${name}',`,
  `    size: ${size},`,
  '    fields: [',
  ...fields.map(printField),
  '    ],',
  '  },',
];

const printTable = ({ name, values }) => [
  `  ${name}: {`,
  ...values.map(([value, number]) => `    ${value}: ${number},`),
  '  },',
];

const printEnum = ({ name, values }) => {
  const named = values.filter((value) => !isCount(name)(value));
  const prefix = commonPrefix(named.map(([value]) => value));
  return [
    `/** enum ${name}, without \`${prefix}\`. */`.replace(', without ``', ''),
    `export const ${pascal(name)} = {`,
    ...named.map(([value, number]) => `  ${value.slice(prefix.length)}: ${number},`),
    '} as const;',
    `export type ${pascal(name)} = (typeof ${pascal(name)})[keyof typeof ${pascal(name)}];`,
    '',
  ];
};

const printConstant = ([name, value]) => `export const ${name} = ${value}${typeof value === 'bigint' ? 'n' : ''};`;

export function printLayouts({ structs, enums }, constants) {
  const counts = enums.flatMap(({ name, values }) => values.filter(isCount(name)));
  return [
    '// Made by `npm run generate -w @scanward/map-codec` from the BTF of bpf/prebuilt and from bpf/types.h. Do not edit.',
    '',
    '/** Every struct of bpf/types.h: where its fields are, in bytes. */',
    'export const LAYOUTS = {',
    ...structs.flatMap(printStruct),
    '} as const;',
    '',
    '/** Every enum of bpf/types.h, as C names its values. */',
    'export const ENUMS = {',
    ...enums.flatMap(printTable),
    '} as const;',
    '',
    ...enums.flatMap(printEnum),
    ...[...constants, ...counts].map(printConstant),
    '',
  ].join('\n');
}
