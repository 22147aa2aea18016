import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDirectory } from '@scanward/loader-native';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { daemonOf, lockForChange } from './locks.ts';
import { OwnedInstance } from './owned-instance.ts';
import { inodeOf, Place } from './place.ts';

// Who stops removes the folder of the instance at the worst moment: just before it is locked.
const removal = vi.hoisted((): { before: (path: string) => void } => ({ before: () => undefined }));
vi.mock('@scanward/loader-native', async (load) => {
  const native = await load<{ lockDirectory: typeof lockDirectory }>();
  const lock = (path: string) => {
    removal.before(path);
    return native.lockDirectory(path);
  };
  return { ...native, lockDirectory: lock };
});

let place: Place;
beforeEach(() => {
  place = new Place(mkdtempSync(join(tmpdir(), 'scanward-race-')), 'wan');
  mkdirSync(place.folder);
  removal.before = (path) => {
    removal.before = () => undefined;
    rmSync(path, { recursive: true });
  };
});
afterEach(() => {
  rmSync(place.bpffs, { recursive: true });
});

test('a start while the one before it stops makes the folder again', () => {
  const owned = OwnedInstance.take(place);
  expect(inodeOf(place.folder)).toBeDefined();
  owned.close();
});

test('no daemon runs an instance that goes away meanwhile', () => {
  expect(daemonOf(place)).toBeUndefined();
});

test('a command learns that the instance was removed', async () => {
  await expect(lockForChange(place.folder, inodeOf(place.folder))).rejects.toThrow('has replaced or removed it');
});
