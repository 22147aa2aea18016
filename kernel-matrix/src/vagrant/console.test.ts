import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { follow } from './console.ts';

test('a file is read as it grows, once it is there, each byte once, to its last', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scanward-console-'));
  const path = join(folder, 'console');
  const stop = new AbortController();
  let seen = '';
  const following = follow(path, (chunk) => (seen += Buffer.from(chunk).toString()), stop.signal);
  try {
    await writeFile(path, 'one ');
    await vi.waitFor(() => expect(seen).toBe('one '), 5000);
    await appendFile(path, 'two ');
    await vi.waitFor(() => expect(seen).toBe('one two '), 5000);
    await appendFile(path, 'three');
    stop.abort();
    await following;
    expect(seen).toBe('one two three');
  } finally {
    stop.abort();
    await rm(folder, { recursive: true });
  }
});
