import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ExitCode } from '../exit-codes.ts';
import { mayWrite, nearestThere } from './nearest-there.ts';
import { writeFiles } from './write-files.ts';

const files = [
  { name: 'a.8', text: 'a' },
  { name: 'b.8', text: 'b' },
];

test('files in a folder that is made, for everybody to read; written again they are replaced', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scanward-files-'));
  try {
    const deep = join(folder, 'share', 'man8');
    expect(nearestThere(deep)).toBe(folder);
    expect(mayWrite(deep)).toBe(true);
    writeFiles(deep, files);
    writeFiles(deep, [{ name: 'a.8', text: 'c' }]);
    expect(['a.8', 'b.8'].map((name) => readFileSync(join(deep, name), 'utf8'))).toEqual(['c', 'b']);
    expect(statSync(deep).mode & 0o700).toBe(0o700);
    expect(nearestThere(join(deep, 'a.8'))).toBe(join(deep, 'a.8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a folder that cannot be made', () => {
  expect(() => {
    writeFiles('/proc/scanward/man8', files);
  }).toThrow(
    expect.objectContaining({
      exitCode: ExitCode.runtime,
      message: expect.stringMatching(/^writing into \/proc\/scanward\/man8: \w+: name a folder/) as string,
    }),
  );
});
