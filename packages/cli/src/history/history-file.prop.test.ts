import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { HistoryFile } from './history-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'scanward-history-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = () => join(folder, `${files++}`, 'scans.jsonl');
const KEPT = 5;
const linesIn = (path: string) => readFileSync(path, 'latin1').split('\n').filter(Boolean);

test('there are never more than twice as many as are kept, the newest always, through restarts and broken lines', async () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ add: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 1, arbitrary: fc.constant('restart' as const) },
    { weight: 1, arbitrary: fc.constant('torn' as const) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (story) => {
      const path = newPath();
      let file = new HistoryFile(path, { lines: KEPT });
      const told: string[] = [];
      for (const event of story) {
        if (event === 'restart') file = new HistoryFile(path, { lines: KEPT });
        else if (event === 'torn') {
          if (told.length > 0) appendFileSync(path, '{"torn');
        } else {
          const lines = Array.from({ length: event.add }, (_, i) => `line ${told.length + i}`);
          told.push(...lines);
          await file.append(`${lines.join('\n')}\n`);
          const all = linesIn(path);
          // One batch more, and what was broken off before it.
          expect(all.length).toBeLessThanOrEqual(2 * KEPT - 1 + 3 + 1);
          const whole = all.filter((line) => line.startsWith('line'));
          expect(whole).toEqual(told.slice(-whole.length));
          // A broken line takes the place of a whole one until the file is rewritten.
          expect(all.length).toBeGreaterThanOrEqual(Math.min(KEPT, told.length));
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('bytes are bounded too, though one line be longer than the file may be', async () => {
  const path = newPath();
  const file = new HistoryFile(path, { bytes: 1_000 });
  for (let n = 0; n < 100; n++) {
    await file.append(`${String(n).padStart(90, ' ')}\n`);
    expect(statSync(path).size).toBeLessThanOrEqual(1_000 + 91);
  }
  expect(linesIn(path).at(-1)).toContain('99');
  expect(linesIn(path).length).toBeGreaterThan(8);
  await file.append(`${'x'.repeat(5_000)}\n`);
  await file.append('after\n');
  expect(linesIn(path)).toEqual(['after']);
});

test('it is for this user alone, and nothing is left beside it', async () => {
  const path = newPath();
  const file = new HistoryFile(path, { lines: 1 });
  for (const line of ['a\n', 'b\n', 'c\n']) await file.append(line);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(path, '..'))).toEqual(['scans.jsonl']);
  expect(linesIn(path)).toEqual(['b', 'c']);
});

test('what others may write to, a link, and what is no file are left alone', async () => {
  const path = newPath();
  await new HistoryFile(path).append('a\n');
  chmodSync(path, 0o622);
  await expect(new HistoryFile(path).append('b\n')).rejects.toThrow('others may write to it');
  expect(readFileSync(path, 'latin1')).toBe('a\n');
  symlinkSync(path, `${path}.link`);
  await expect(new HistoryFile(`${path}.link`).append('b\n')).rejects.toThrow('ELOOP');
  await expect(new HistoryFile('/dev/null').append('b\n')).rejects.toThrow('it is not a file');
  writeFileSync(join(folder, 'file'), '');
  await expect(new HistoryFile(join(folder, 'file/x')).append('b\n')).rejects.toThrow('ENOTDIR');
});
