import { readFileSync } from 'node:fs';
import { type MapSpec, readObject } from '@scanward/bpf-object';
import { layoutFacts, type LayoutFacts, layoutText } from '@scanward/map-codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutId } from './layout-id.ts';

const read = (end: 'el' | 'eb') =>
  readObject(readFileSync(new URL(`../../../../bpf/prebuilt/scanward.bpf${end}.o`, import.meta.url)));
const spec = read('el');
const facts = layoutFacts();
const id = layoutId(spec);

const withMap = (change: (map: MapSpec) => Partial<MapSpec>, which = 0) => ({
  ...spec,
  maps: spec.maps.map((map, i) => (i === which ? { ...map, ...change(map) } : map)),
});
const withFacts = (changed: Partial<LayoutFacts>) => layoutId(spec, layoutText({ ...facts, ...changed }));

test('twelve hex digits, the same for the same object, another for the other end', () => {
  expect(id).toMatch(/^[0-9a-f]{12}$/);
  expect(layoutId(read('el'))).toBe(id);
  expect(layoutId(read('eb'))).not.toBe(id);
});

test('the order of maps, and how large tables are, is no layout', () => {
  expect(layoutId({ ...spec, maps: spec.maps.toReversed() })).toBe(id);
  expect(layoutId(withMap(() => ({ maxEntries: 77 })))).toBe(id);
  expect(withFacts({ structs: facts.structs.toReversed() })).toBe(id);
});

test('whatever changes in a map changes it', () => {
  const changes: ((map: MapSpec) => Partial<MapSpec>)[] = [
    ({ name }) => ({ name: `${name}_` }),
    ({ type }) => ({ type: type + 1 }),
    ({ keySize }) => ({ keySize: keySize + 4 }),
    ({ valueSize }) => ({ valueSize: valueSize + 8 }),
    ({ flags }) => ({ flags: flags ^ 1 }),
    ({ variables }) => ({ variables: [...variables, { name: 'more', offset: 0, size: 4 }] }),
  ];
  fc.assert(
    fc.property(fc.nat(spec.maps.length - 1), fc.constantFrom(...changes), (which, change) => {
      expect(layoutId(withMap(change, which))).not.toBe(id);
    }),
  );
  expect(layoutId({ ...spec, maps: spec.maps.slice(1) })).not.toBe(id);
});

test('whatever changes in a variable changes it', () => {
  const which = spec.maps.findIndex(({ name }) => name === '.rodata');
  const { variables } = spec.maps[which]!;
  fc.assert(
    fc.property(fc.nat(variables.length - 1), fc.constantFrom('name', 'offset', 'size'), (index, field) => {
      const changed = variables.map((variable, i) =>
        i === index
          ? { ...variable, [field]: field === 'name' ? 'other' : variable.offset + variable.size + 1 }
          : variable,
      );
      expect(layoutId(withMap(() => ({ variables: changed }), which))).not.toBe(id);
    }),
  );
});

test('whatever changes in a struct, an enum or a constant changes it', () => {
  const fieldChanges = [{ name: 'other' }, { offset: 4096 }, { size: 4096 }, { type: 'i8' }, { count: 4096 }];
  fc.assert(
    fc.property(fc.constantFrom(...facts.structs), fc.nat(), fc.constantFrom(...fieldChanges), (struct, n, change) => {
      const fields = struct.fields.map((field, i) =>
        i === n % struct.fields.length ? { ...field, ...change } : field,
      );
      const structs = facts.structs.map((each) => (each === struct ? { ...each, fields } : each));
      expect(withFacts({ structs })).not.toBe(id);
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(facts.constants)), (name) => {
      const constants = { ...facts.constants, [name]: BigInt(facts.constants[name]!) + 1n };
      expect(withFacts({ constants })).not.toBe(id);
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...Object.entries(facts.enums)), fc.nat(), ([name, values], n) => {
      const [value, number] = Object.entries(values)[n % Object.keys(values).length]!;
      const enums = { ...facts.enums, [name]: { ...values, [value]: number + 100 } };
      expect(withFacts({ enums })).not.toBe(id);
    }),
  );
  expect(withFacts({ structs: facts.structs.slice(1) })).not.toBe(id);
});
