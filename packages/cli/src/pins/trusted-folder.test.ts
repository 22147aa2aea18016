import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ExitCode } from '../exit-codes.ts';
import { OwnedInstance } from './owned-instance.ts';
import { Place } from './place.ts';
import { isTrusted } from '../system/ours.ts';

let top: string;
let place: Place;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'scanward-trust-'));
  place = new Place(join(top, 'scanward'), 'wan');
});
afterEach(() => {
  rmSync(top, { recursive: true });
});

/** What somebody else could have made before the first start, who then has files of the host removed. */
function trap(mode: { all: number; one: number }): string {
  const precious = join(top, 'etc');
  mkdirSync(precious);
  writeFileSync(join(precious, 'passwd'), '');
  mkdirSync(place.partial, { recursive: true });
  symlinkSync(precious, join(place.partial, 'maps'));
  symlinkSync(precious, place.links);
  chmodSync(place.folder, mode.one);
  chmodSync(place.bpffs, mode.all);
  return join(precious, 'passwd');
}

test.each([
  { all: 0o755, one: 0o777 },
  { all: 0o755, one: 0o1777 },
  { all: 0o755, one: 0o770 },
  { all: 0o777, one: 0o700 },
])('a folder that others may write to is refused, and nothing is removed: %o', (mode) => {
  const precious = trap(mode);
  expect(() => OwnedInstance.take(place)).toThrow(
    expect.objectContaining({
      exitCode: ExitCode.capability,
      message: expect.stringContaining('others may change what is in it') as string,
    }),
  );
  expect(existsSync(precious)).toBe(true);
});

test('a link is not taken for the folder of an instance', () => {
  mkdirSync(place.bpffs);
  mkdirSync(join(top, 'elsewhere'));
  symlinkSync(join(top, 'elsewhere'), place.folder);
  expect(() => OwnedInstance.take(place)).toThrow('others may change what is in it');
});

test('a folder of ours in one that is everybody’s but sticky, as a BPF file system is, is taken', () => {
  mkdirSync(place.bpffs);
  chmodSync(place.bpffs, 0o1777);
  OwnedInstance.take(place).close();
});

test('whose it may be', () => {
  const folder = 0o040_000;
  expect(isTrusted({ uid: 0, mode: folder | 0o755 }, 1_000)).toBe(true);
  expect(isTrusted({ uid: 1_000, mode: folder | 0o755 }, 1_000)).toBe(true);
  expect(isTrusted({ uid: 1_001, mode: folder | 0o700 }, 1_000)).toBe(false);
  expect(isTrusted({ uid: 1_001, mode: folder | 0o1777 }, 0)).toBe(false);
});
