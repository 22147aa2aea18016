import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixtureObject } from '../../test/fixture.ts';
import { expectNoLeaks } from '../../test/leaks.ts';
import { littleEndian } from '../kernel/attr.ts';
import { ElementFlag } from '../kernel/uapi.ts';
import { BpfMap } from '../maps/bpf-map.ts';
import { raiseMemlock } from '../memlock.ts';
import { loadObject } from './load-object.ts';

raiseMemlock();
expectNoLeaks();

const spec = fixtureObject();
const folder = mkdtempSync(join(tmpdir(), 'scanward-bpffs-'));
beforeAll(() => execFileSync('mount', ['-t', 'bpf', 'bpf', folder]));
afterAll(() => {
  execFileSync('umount', [folder]);
  rmdirSync(folder);
});

/** How often the program ran, as it counts under a lock. */
function runs(locked: BpfMap): bigint {
  return new DataView(locked.get(new Uint8Array(4), ElementFlag.LOCK)!.buffer).getBigUint64(8, littleEndian);
}

test('another program goes on counting in maps that were pinned, with constants of its own', () => {
  const names = spec.maps.filter(({ readonly }) => !readonly).map(({ name }) => name);
  const pin = (name: string) => join(folder, name.replace('.', ''));
  const first = loadObject(spec, { constants: { verdict: 2 } });
  first.maps['locked']!.set(new Uint8Array(4), new Uint8Array(16));
  first.programs['fixture']!.testRun({ data: new Uint8Array(64), repeat: 3 });
  for (const name of names) first.maps[name]!.pin(pin(name));
  first.close();

  const maps = Object.fromEntries(names.map((name) => [name, BpfMap.open(pin(name))]));
  const second = loadObject(spec, { constants: { verdict: 1 }, maps });
  expect(second.programs['fixture']!.testRun({ data: new Uint8Array(64), repeat: 4 }).verdict).toBe(1);
  expect(runs(second.maps['locked']!)).toBe(7n);
  second.close();
  for (const map of Object.values(maps)) expect(() => map.fd).toThrow('is closed');

  const opened = BpfMap.open(pin('locked'));
  expect(() => loadObject(spec, { maps: { locked: opened }, maxEntries: { locked: 5 } })).toThrow(
    expect.objectContaining({ code: 'MAP_MISFIT' }),
  );
  expect(runs(opened)).toBe(7n);
  opened.close();
  for (const name of names) execFileSync('rm', [pin(name)]);
});
