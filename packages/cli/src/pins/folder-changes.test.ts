import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FolderChanges } from './folder-changes.ts';
import { touch } from './instance.ts';

test('a change is seen once, however soon it comes after another', () => {
  const parent = mkdtempSync(join(tmpdir(), 'scanward-changes-'));
  onTestFinished(() => {
    rmSync(parent, { recursive: true });
  });
  const folder = join(parent, 'set');
  const changes = new FolderChanges(folder);
  expect(changes.changed()).toBe(false);
  mkdirSync(folder);
  const seen = [changes.changed(), changes.changed()];
  for (let i = 0; i < 100; i++) {
    touch(folder);
    seen.push(changes.changed());
  }
  seen.push(changes.changed());
  expect(seen).toEqual([true, false, ...Array<boolean>(100).fill(true), false]);
});
