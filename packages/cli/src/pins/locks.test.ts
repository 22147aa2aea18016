import { mkdirSync, mkdtempSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDirectory } from '@scanward/loader-native';
import { afterAll, expect, test } from 'vitest';
import { daemonOf, holderOf, lockForChange, lockForDaemon } from './locks.ts';
import { inodeOf, Place } from './place.ts';

const folder = mkdtempSync(join(tmpdir(), 'scanward-locks-'));
const place = new Place(folder, 'wan');
mkdirSync(place.folder);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('who holds it, as /proc/locks says', () => {
  const { dev, ino } = statSync(place.folder);
  const hex = (n: number) => n.toString(16).padStart(2, '0');
  const minor = (dev & 0xff) + Math.floor(dev / 2 ** 20) * 256;
  const at = `${hex(Math.floor(dev / 256) & 0xfff)}:${hex(minor)}`;
  const lines = [
    `1: POSIX  ADVISORY  WRITE 11 ${at}:${ino} 0 EOF`,
    `2: FLOCK  ADVISORY  WRITE 12 ${at}:${ino + 1} 0 EOF`,
    `3: FLOCK  ADVISORY  WRITE 13 ff:ff:${ino} 0 EOF`,
    `3: -> FLOCK  ADVISORY  WRITE 14 ${at}:${ino} 0 EOF`,
  ];
  expect(holderOf(place.folder, lines.join('\n'))).toBeUndefined();
  expect(holderOf(place.folder, [...lines, `4: FLOCK  ADVISORY  WRITE 15 ${at}:${ino} 0 EOF`].join('\n'))).toBe(15);
});

test('a daemon is told by its lock, and a second one is refused', () => {
  expect(daemonOf(place)).toBeUndefined();
  expect(daemonOf(new Place(folder, 'none'))).toBeUndefined();
  const lock = lockForDaemon(place);
  expect(daemonOf(place)).toEqual({ pid: process.pid });
  expect(() => lockForDaemon(place)).toThrow(
    expect.objectContaining({
      exitCode: 10,
      message: expect.stringContaining(`(pid ${process.pid}) runs it`) as string,
    }),
  );
  lock.close();
  lockForDaemon(place).close();
});

test('a change waits for the other one, and is refused in a folder that is another by now', async () => {
  const inode = inodeOf(place.folder);
  const first = await lockForChange(place.folder, inode);
  const second = lockForChange(place.folder, inode);
  first.close();
  (await second).close();
  expect(lockDirectory(place.folder)?.close()).toBeUndefined();
  // Kept until the other one is there, or its number might be given out again.
  const held = lockDirectory(place.folder);
  rmdirSync(place.folder);
  mkdirSync(place.folder);
  await expect(lockForChange(place.folder, inode)).rejects.toMatchObject({ exitCode: 10 });
  held?.close();
});
