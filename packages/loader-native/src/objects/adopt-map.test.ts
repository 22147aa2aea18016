import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixtureObject } from '../../test/fixture.ts';
import { BpfMap } from '../maps/bpf-map.ts';
import { FakeSys } from '../testing/fake-sys.ts';
import { loadObject, type LoadOptions } from './load-object.ts';

const spec = fixtureObject();

/** The maps of a first load, which the fake kernel goes on keeping. */
function earlier(sys: FakeSys) {
  const { maps, programs } = loadObject(spec, { sys });
  for (const program of Object.values(programs)) program.close();
  return maps;
}

function adopt(sys: FakeSys, maps: Readonly<Record<string, BpfMap>>, options: LoadOptions = {}) {
  return loadObject(spec, { sys, maps, ...options });
}

test('maps that fit are used, and then belong to the object', () => {
  const sys = new FakeSys();
  const { '.rodata': rodata, ...rest } = earlier(sys);
  const { length } = sys.calls;
  const object = adopt(sys, rest);
  expect(sys.calls.slice(length).filter((call) => call === 'BPF_MAP_CREATE')).toHaveLength(1);
  for (const [name, map] of Object.entries(rest)) expect(object.maps[name]).toBe(map);
  expect(object.maps['.rodata']).not.toBe(rodata);
  object.close();
  rodata!.close();
  expect(sys.open.size).toBe(0);
});

test.each<[code: string, says: string, options: (maps: Readonly<Record<string, BpfMap>>) => LoadOptions]>([
  [
    'MAP_MISFIT',
    'map locked does not fit: its maxEntries',
    ({ locked }) => ({ maps: { locked: locked! }, maxEntries: { locked: 77 } }),
  ],
  ['MAP_MISFIT', 'map locked does not fit: its type', ({ ring }) => ({ maps: { locked: ring! } })],
  [
    'MAP_MISFIT',
    'map .rodata does not fit: constants are always',
    (maps) => ({ maps: { '.rodata': maps['.rodata']! } }),
  ],
  ['NO_SUCH_MAP', 'the object has no map lockd', ({ locked }) => ({ maps: { lockd: locked! } })],
])('%s: %s', (code, says, options) => {
  const sys = new FakeSys();
  const maps = earlier(sys);
  const before = [...sys.open];
  const load = () => loadObject(spec, { sys, ...options(maps) });
  expect(load).toThrow(expect.objectContaining({ name: 'ObjectLoadError', code }));
  expect(load).toThrow(says);
  expect([...sys.open]).toEqual(before);
});

test('whichever call fails, the given maps stay open and nothing else does', () => {
  fc.assert(
    fc.property(fc.constantFrom('BPF_MAP_CREATE', 'BPF_PROG_LOAD', 'BPF_MAP_FREEZE', 'BPF_BTF_LOAD'), (command) => {
      const sys = new FakeSys();
      const { '.rodata': rodata, ...rest } = earlier(sys);
      rodata!.close();
      const before = [...sys.open];
      sys.refuse(command, 'ENOMEM');
      expect(() => adopt(sys, rest)).toThrow();
      expect([...sys.open]).toEqual(before);
    }),
  );
});
