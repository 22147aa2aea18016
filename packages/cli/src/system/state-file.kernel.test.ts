import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '@scanward/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StateFile } from './state-file.ts';

let folder: string;

/** A file system of 64 KiB. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scanward-state-'));
  await command('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'scanward-test', folder]);
});
afterEach(async () => {
  await command('umount', [folder]);
  rmSync(folder, { recursive: true });
});

const lines = function* (count: number) {
  for (let i = 0; i < count; i++) yield `${'x'.repeat(99)}\n`;
};

test('a full file system costs the write and not the file, and leaves nothing behind', async () => {
  const path = join(folder, 'state.json');
  const store = new StateFile(path);
  await store.write(lines(100));
  const before = readFileSync(path, 'utf8');
  await expect(store.write(lines(10_000))).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(readFileSync(path, 'utf8')).toBe(before);
  expect(readdirSync(folder)).toEqual(['state.json']);

  writeFileSync(join(folder, 'ballast'), Buffer.alloc(49_152));
  await expect(store.write(lines(101))).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(readFileSync(path, 'utf8')).toBe(before);
  rmSync(join(folder, 'ballast'));
  await store.write(lines(101));
  expect(readFileSync(path, 'utf8')).toHaveLength(10_100);
});

test('so does one that is read-only', async () => {
  const path = join(folder, 'state.json');
  const store = new StateFile(path);
  await store.write(lines(1));
  await command('mount', ['-o', 'remount,ro', folder]);
  await expect(store.write(lines(2))).rejects.toMatchObject({ code: 'EROFS' });
  expect(() => store.setAside()).toThrow(/EROFS/);
  expect(readFileSync(path, 'utf8')).toHaveLength(100);
  expect([...store.read()!]).toHaveLength(1);
});
