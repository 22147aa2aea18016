import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cacheFolder, makeWhole, writeWhole } from './cache.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'scanward-cache-'))));
afterEach(() => rm(folder, { recursive: true }));

test('where the cache is', () => {
  expect(cacheFolder({ SCANWARD_MATRIX_CACHE: '/c', XDG_CACHE_HOME: '/x', HOME: '/h' })).toBe('/c');
  expect(cacheFolder({ XDG_CACHE_HOME: '/x', HOME: '/h' })).toBe('/x/scanward/kernel-matrix');
  expect(cacheFolder({ HOME: '/h' })).toBe('/h/.cache/scanward/kernel-matrix');
});

test('a file is there whole', async () => {
  await writeWhole(join(folder, 'a/b'), 'text');
  expect(await readFile(join(folder, 'a/b'), 'utf8')).toBe('text');
  expect(await readdir(join(folder, 'a'))).toEqual(['b']);
});

test('a folder whose making fails is not there, nor is a part of it', async () => {
  const make = makeWhole(join(folder, 'k'), async (part) => {
    await writeFile(join(part, 'half'), '');
    throw new Error('cut off');
  });
  await expect(make).rejects.toThrow('cut off');
  expect(await readdir(folder)).toEqual([]);
});

test('two that make the same folder at once both find it made', async () => {
  const path = join(folder, 'k');
  const make = () => makeWhole(path, (part) => writeFile(join(part, 'file'), 'same'));
  await Promise.all([make(), make()]);
  expect(await readdir(folder)).toEqual(['k']);
  expect(await readFile(join(path, 'file'), 'utf8')).toBe('same');
});
